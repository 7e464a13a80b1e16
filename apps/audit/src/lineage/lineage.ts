import type pg from 'pg';
import { contentHash, controlHash } from '@anamnesis/contracts';
import type { Keyring } from '@anamnesis/keys';
import type { LineageEntry } from '@anamnesis/mapping';
import { notFound } from '../errors.js';
import { hopsOf, type HopRow } from '../store/hopStore.js';
import { correlationOf, messagesByControl, receivedByIds } from '../store/messageStore.js';
import { exceptionsOf, resourcesOf, tasksOf, versionsOf, type VersionRow } from '../store/outcomeStore.js';
import { causeOfType } from './chain.js';
import { fieldOrigin } from './fieldOrigin.js';
import { isWithin, isWithinField } from './sourcePath.js';
import { maskedText, readMessage, textOf } from './mask.js';
import { messageLineage } from './messageLineage.js';
import { openRaw, type OpenedMessage } from './openRaw.js';
import { retranslate, type TranslateUnderPlan, type Verified } from './retranslate.js';
import { receivedType } from './state.js';
import type {
  FieldEntry,
  FieldLineage,
  MessageCandidate,
  MessageFields,
  MessageLineage,
  RawMessage,
  SourceSpan,
} from './types.js';

export interface LineageOptions {
  readonly pool: pg.Pool;
  readonly keyring: Keyring;
  /** Raised for an unknown tenant. */
  readonly idKeyOf: (tenant: string) => Uint8Array;
  readonly interfacesOf: (tenant: string) => readonly string[];
  readonly translate: TranslateUnderPlan;
}

/** Versions walked back in search of a field's origin; a Patient written more often answers from here on. */
const mostVersions = 500;

/** What audit knows of messages and fields, for one tenant at a time. Decides no access: its callers do, before. */
export interface Lineage {
  message(tenant: string, id: string): Promise<MessageLineage>;
  byControl(tenant: string, controlId: string, interfaceId?: string): Promise<MessageCandidate[]>;
  field(
    tenant: string,
    question: { type: string; id: string; path: string; version?: number; reveal: boolean },
  ): Promise<FieldLineage>;
  fields(
    tenant: string,
    id: string,
    question: { source?: string; target?: string; reveal: boolean },
  ): Promise<MessageFields>;
  raw(tenant: string, id: string, reveal: boolean): Promise<RawMessage>;
}

function spans(entry: LineageEntry, opened: OpenedMessage, reveal: boolean): SourceSpan[] {
  const message = reveal ? readMessage(opened.bytes) : undefined;
  return entry.source.map(({ path, start, end }) => ({
    path,
    start,
    end,
    ...(reveal ? { text: textOf(opened.bytes, start, end, message) } : {}),
  }));
}

export function createLineage(options: LineageOptions): Lineage {
  const { pool, keyring, idKeyOf, interfacesOf, translate } = options;

  const again = async (tenant: string, eventId: string, hops: readonly HopRow[]): Promise<Verified> =>
    retranslate(
      { eventId, hops, idKey: idKeyOf(tenant) },
      await openRaw(pool, keyring, tenant, eventId),
      translate,
    );

  const received = async (tenant: string, id: string) => {
    const correlation = await correlationOf(pool, tenant, id);
    const hops = await hopsOf(pool, tenant, correlation);
    const all = [...new Set(hops.filter(hop => hop.type === receivedType).map(hop => hop.eventId))];
    const wanted = id !== correlation && all.includes(id) ? [id] : all;
    const parts = await receivedByIds(pool, tenant, wanted);
    if (parts.length === 0) throw notFound({ kind: 'message' });
    return { correlation, hops, parts };
  };

  /**
   * The message of a version: the part that its decision came from, or, because the record acts on all parts of a
   * message at the last one, the part that holds the resource.
   */
  const messageThatWrote = async (tenant: string, row: VersionRow, type: string, id: string) => {
    const hops = await hopsOf(pool, tenant, row.correlationId);
    const direct = causeOfType(hops, row.intentId, receivedType)?.eventId;
    if (direct === undefined) return undefined;
    const parts = hops.filter(hop => hop.type === receivedType).map(hop => hop.eventId);
    let first: { eventId: string; verified: Verified } | undefined;
    for (const eventId of new Set([direct, ...parts])) {
      const verified = await again(tenant, eventId, hops);
      first ??= { eventId, verified };
      if (verified.translation.payload.resources.some(one => one.type === type && one.id === id))
        return { eventId, verified };
    }
    return first;
  };

  return {
    async message(tenant, id) {
      const correlation = await correlationOf(pool, tenant, id);
      const [hops, exceptions, resources] = await Promise.all([
        hopsOf(pool, tenant, correlation),
        exceptionsOf(pool, tenant, correlation),
        resourcesOf(pool, tenant, correlation),
      ]);
      if (hops.length === 0 && exceptions.length === 0) throw notFound({ kind: 'message' });
      const items = exceptions.flatMap(row => [row.itemId, row.eventId]);
      const tasks = await tasksOf(pool, tenant, correlation, items);
      return messageLineage({ id: correlation, hops, exceptions, tasks, resources });
    },

    async byControl(tenant, controlId, interfaceId) {
      const interfaces = interfaceId === undefined ? interfacesOf(tenant) : [interfaceId];
      const hashes = interfaces.map(name => controlHash(idKeyOf(tenant), name, controlId));
      const rows = await messagesByControl(pool, tenant, hashes);
      return rows.map(row => ({ ...row, receivedAt: new Date(row.receivedAt).toISOString() }));
    },

    async field(tenant, { type, id, path, version, reveal }) {
      const versions = await versionsOf(pool, tenant, { type, id, upTo: version }, mostVersions);
      if (versions.length === 0 || (version !== undefined && versions[0]?.version !== version))
        throw notFound({ kind: 'version of this resource' });
      const messageOf = (row: VersionRow) => messageThatWrote(tenant, row, type, id);
      const origin = await fieldOrigin({ type, id, path, versions, messageOf });
      const { entry, verified } = origin;
      return {
        target: entry.target,
        version: origin.version.version,
        decidedAt: origin.version.decidedAt,
        messageId: origin.eventId,
        correlationId: origin.version.correlationId,
        interface: verified.message.payload.interface,
        plan: verified.plan,
        rule: entry.rule,
        map: entry.map,
        source: spans(entry, verified.message, reveal),
        recordedHash: verified.recorded,
        recomputedHash: verified.recomputed,
        verified: true,
      };
    },

    async fields(tenant, id, { source, target, reveal }) {
      const { correlation, hops, parts } = await received(tenant, id);
      const entries: FieldEntry[] = [];
      let traced = 0;
      for (const part of parts) {
        const { translation, message } = await again(tenant, part.eventId, hops);
        traced += translation.lineage.length;
        const wanted = translation.lineage.filter(
          entry =>
            (source === undefined || entry.source.some(span => isWithinField(span.path, source))) &&
            (target === undefined || isWithin(entry.target, target)),
        );
        for (const entry of wanted)
          entries.push({
            part: part.part,
            target: entry.target,
            rule: entry.rule,
            map: entry.map,
            source: spans(entry, message, reveal),
          });
      }
      return { id: correlation, traced, entries, verified: true };
    },

    async raw(tenant, id, reveal) {
      const { correlation, parts } = await received(tenant, id);
      // Every part of a message holds the same bytes.
      const first = parts[0];
      if (!first) throw notFound({ kind: 'message' });
      const { payload, bytes } = await openRaw(pool, keyring, tenant, first.eventId);
      const message = readMessage(bytes);
      return {
        id: correlation,
        interface: payload.interface,
        receivedAt: payload.receivedAt,
        bytes: bytes.length,
        contentHash: contentHash(idKeyOf(tenant), bytes),
        masked: !reveal,
        text: reveal ? textOf(bytes, 0, bytes.length, message) : maskedText(bytes, message),
        ...(reveal ? { base64: bytes.toString('base64') } : {}),
      };
    },
  };
}
