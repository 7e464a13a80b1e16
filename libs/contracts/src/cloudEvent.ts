import { formatCausePosition, parseCausePosition, type CausePosition } from './position.js';

/**
 * The attributes of every event: CloudEvents 1.0 in Kafka binary mode, ours beside the standard ones
 * (blueprint §4). Nothing here may name a patient: `srid`, `subject` and `partitionKey` are opaque.
 */
export interface EventAttributes {
  readonly id: string;
  /** Producing service. */
  readonly source: string;
  /** `noun.verb.vN`. */
  readonly type: string;
  /** RFC 3339; the producer's clock, for people. Order and decisions use the append time. */
  readonly time: string;
  readonly subject?: string;
  readonly partitionKey: string;
  readonly tenant: string;
  readonly srid?: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly causePosition?: CausePosition;
  /** Gapless number within (service, topic, shard) of a decider's output. */
  readonly laneSeq?: number;
  /** `incarnation:n`, at the edge only. */
  readonly edgeSeq?: string;
  /** Data key and generation that sealed the payload; absent when the payload is in clear. */
  readonly keyId?: string;
  readonly plan?: string;
  readonly replayId?: string;
  readonly traceparent?: string;
  readonly contentType: string;
  /** Further facts of this event type, header name without prefix -> value (`anm_…` headers). */
  readonly facts?: Readonly<Record<string, string>>;
}

export type Headers = Readonly<Record<string, string>>;

const optional: readonly (readonly [keyof EventAttributes & string, string])[] = [
  ['subject', 'ce_subject'],
  ['srid', 'ce_srid'],
  ['causationId', 'ce_causationid'],
  ['edgeSeq', 'ce_edgeseq'],
  ['keyId', 'ce_keyid'],
  ['plan', 'ce_plan'],
  ['replayId', 'ce_replayid'],
  ['traceparent', 'traceparent'],
];

export function toHeaders(a: EventAttributes): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: a.id,
    ce_source: a.source,
    ce_type: a.type,
    ce_time: a.time,
    ce_partitionkey: a.partitionKey,
    ce_dataschema: `anamnesis:${a.type}`,
    ce_tenant: a.tenant,
    ce_correlationid: a.correlationId,
    'content-type': a.contentType,
  };
  for (const [field, header] of optional) {
    const value = a[field];
    if (typeof value === 'string') headers[header] = value;
  }
  if (a.causePosition) headers['ce_causeposition'] = formatCausePosition(a.causePosition);
  if (a.laneSeq !== undefined) headers['ce_laneseq'] = String(a.laneSeq);
  for (const [name, value] of Object.entries(a.facts ?? {})) headers[`anm_${name}`] = value;
  return headers;
}

const required = [
  'ce_id',
  'ce_source',
  'ce_type',
  'ce_time',
  'ce_partitionkey',
  'ce_tenant',
  'ce_correlationid',
] as const;

/** The attributes, or the name of the first header that is missing or malformed. */
export function fromHeaders(headers: Headers): EventAttributes | { readonly missing: string } {
  for (const name of required) if (!headers[name]) return { missing: name };
  const position = headers['ce_causeposition'];
  const causePosition = position === undefined ? undefined : parseCausePosition(position);
  if (position !== undefined && causePosition === undefined) return { missing: 'ce_causeposition' };
  const facts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (name.startsWith('anm_')) facts[name.slice(4)] = value;
  const laneSeq = headers['ce_laneseq'];
  return {
    id: headers['ce_id'] as string,
    source: headers['ce_source'] as string,
    type: headers['ce_type'] as string,
    time: headers['ce_time'] as string,
    partitionKey: headers['ce_partitionkey'] as string,
    tenant: headers['ce_tenant'] as string,
    correlationId: headers['ce_correlationid'] as string,
    subject: headers['ce_subject'],
    srid: headers['ce_srid'],
    causationId: headers['ce_causationid'],
    causePosition,
    laneSeq: laneSeq === undefined ? undefined : Number(laneSeq),
    edgeSeq: headers['ce_edgeseq'],
    keyId: headers['ce_keyid'],
    plan: headers['ce_plan'],
    replayId: headers['ce_replayid'],
    traceparent: headers['traceparent'],
    contentType: headers['content-type'] ?? 'application/json',
    facts,
  };
}

export function isAttributes(
  found: EventAttributes | { readonly missing: string },
): found is EventAttributes {
  return !('missing' in found);
}
