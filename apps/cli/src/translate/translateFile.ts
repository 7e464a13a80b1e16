import { readFile } from 'node:fs/promises';
import { derivedId, publicHash } from '@anamnesis/contracts';
import { isHl7Error, splitBatch, tokenise } from '@anamnesis/hl7v2';
import {
  sourceRecords,
  translate,
  type CompiledPlan,
  type LineageEntry,
  type TranslationResult,
} from '@anamnesis/mapping';

/** One line of `translate --json`: what one message of one file comes to. Offline, under a published test key. */
export interface TranslatedMessage {
  readonly file: string;
  /** 0-based place of the message in its file, and of the part in a message that names several source records. */
  readonly index: number;
  readonly part: string;
  readonly controlId: string;
  readonly type: string;
  readonly bundle?: {
    readonly resourceType: 'Bundle';
    readonly type: 'collection';
    readonly entry: readonly { readonly resource: unknown }[];
  };
  readonly findings: readonly unknown[];
  readonly leaves?: {
    readonly total: number;
    readonly mapped: number;
    readonly ignored: number;
    readonly reported: number;
  };
  /** Paths of the source leaves that no rule named. */
  readonly reportedLeaves?: readonly string[];
  readonly lineage: readonly LineageEntry[];
  readonly error?: { readonly code: string; readonly reason: string };
}

/** Published on purpose: offline ids never meet those of a running cell. */
export const offlineIdKey = Buffer.from(publicHash('anamnesis offline test key'), 'hex');

function lineOf(file: string, index: number, part: string, result: TranslationResult): TranslatedMessage {
  const base = { file, index, part, controlId: result.header.controlId, type: result.header.messageType };
  if (!result.ok)
    return {
      ...base,
      findings: result.findings,
      lineage: [],
      error: { code: result.code, reason: result.reason },
    };
  const { resources, findings, leaves } = result.payload;
  return {
    ...base,
    bundle: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map(({ resource }) => ({ resource })),
    },
    findings,
    leaves: {
      total: leaves.total,
      mapped: leaves.mapped,
      ignored: leaves.ignored,
      reported: leaves.reported.length,
    },
    reportedLeaves: leaves.reported.map(({ path }) => path),
    lineage: result.lineage,
  };
}

function translateMessage(
  file: string,
  index: number,
  bytes: Uint8Array,
  plan: CompiledPlan,
): TranslatedMessage[] {
  const eventId = derivedId(offlineIdKey, 'event', ['offline', bytes]);
  const message = tokenise(bytes);
  const srids = isHl7Error(message)
    ? [eventId]
    : sourceRecords(message, plan.interface, offlineIdKey, eventId).srids;
  return srids.map((_, at) =>
    lineOf(
      file,
      index,
      `${at + 1}/${srids.length}`,
      translate(bytes, plan, { idKey: offlineIdKey, eventId, part: { n: at + 1, of: srids.length, srids } }),
    ),
  );
}

/**
 * Translates every message of a file as the interface of the plan would. A file without batch envelopes is one
 * message, as it would be received; in a batch, offsets count from the start of each message.
 */
export async function translateFile(file: string, plan: CompiledPlan): Promise<TranslatedMessage[]> {
  const bytes = await readFile(file);
  const { enveloped, messages } = splitBatch(bytes);
  if (!enveloped && messages.length <= 1) return translateMessage(file, 0, bytes, plan);
  return messages.flatMap(({ index, span }) =>
    translateMessage(file, index, bytes.subarray(span.start, span.end), plan),
  );
}
