import { maxRecordBytes } from '@anamnesis/contracts';
import type { AppendedRecord, OutgoingRecord } from '@anamnesis/event-log';
import type { DataKey, KeyOwner } from '@anamnesis/keys';
import { negative, positive, type ReceiptAnswer } from './answers.js';
import { decideReceipt, type EarlierReceipt, type ReceiptDecision } from './decideReceipt.js';
import { createBatchReceipts, mergeEarlier, type BatchReceipts } from './earlierOf.js';
import { receivedRecords, refusedRecord, type ReceiptTransport } from './encodeReceipt.js';
import type { ReceiptIds } from './identify.js';
import type { ActiveInterface, ReceivedBatch, ReceiverPorts, ReceivingTenant } from './ports.js';
import type { ReadBytes } from './readBytes.js';
import { refusal } from './refusals.js';
import { sourceOf, type ReceiptSource } from './sourceOf.js';

/** Bytes that one connection or request brought, whole or (`truncated`) the first of too many. */
export interface Arrival {
  readonly active: ActiveInterface;
  readonly bytes: Uint8Array;
  readonly transport: ReceiptTransport;
  readonly truncated?: boolean;
}

/** An arrival, read and named; what a batch is made of. */
export interface Receipt {
  readonly arrival: Arrival;
  readonly read: ReadBytes;
  readonly tenant: ReceivingTenant;
  readonly ids: ReceiptIds;
  /** RFC 3339. */
  readonly receivedAt: string;
}

interface Decided {
  readonly receipt: Receipt;
  readonly decision: ReceiptDecision;
  /** Absent for a replay, for which nothing is appended. */
  readonly source?: ReceiptSource;
  readonly parts: readonly number[];
  readonly receivedAt: string;
}

function contractOf({ arrival }: Receipt) {
  return arrival.active.contract;
}

function decide(
  receipt: Receipt,
  known: readonly EarlierReceipt[],
  batch: BatchReceipts,
  now: number,
): Decided {
  const { read, tenant, ids } = receipt;
  const contract = contractOf(receipt);
  const decision = decideReceipt({
    header: read.header,
    content: ids.content,
    contract,
    earlier: batch.with(contract.tenant, ids.control, known),
    now,
  });
  if (decision.kind === 'replay') return { receipt, decision, parts: [], receivedAt: decision.receivedAt };
  const { attempt } = decision;
  const source = sourceOf(read.message, contract, tenant.idKey, ids.message(attempt));
  const accepted = decision.kind === 'accept';
  const all = accepted ? source.srids.map((_, at) => at + 1) : [];
  const receivedAt = (accepted ? decision.receivedAt : undefined) ?? receipt.receivedAt;
  const state = accepted ? 'accepted' : 'refused';
  const { content } = ids;
  batch.add(contract.tenant, ids.control, {
    content,
    attempt,
    state,
    parts: all,
    of: all.length,
    at: now,
    receivedAt,
  });
  const parts = accepted ? all.filter(part => !decision.present.includes(part)) : [];
  return { receipt, decision, source, parts, receivedAt };
}

function ownersOf(decided: readonly Decided[]): KeyOwner[] {
  return decided.flatMap(({ receipt, source }) =>
    source ? [{ tenant: contractOf(receipt).tenant, owner: source.owner, members: source.members }] : [],
  );
}

function encode(
  { receipt, decision, source, parts, receivedAt }: Decided,
  keys: ReadonlyMap<string, DataKey>,
  { traceparent, sequence, random }: ReceiverPorts,
): OutgoingRecord[] {
  if (decision.kind === 'replay' || !source) return [];
  const { arrival, read } = receipt;
  const common = {
    active: arrival.active,
    tenant: receipt.tenant,
    ids: receipt.ids,
    attempt: decision.attempt,
    bytes: arrival.bytes,
    messageType: read.messageType,
    receivedAt,
    traceparent: traceparent(),
    edgeSeq: () => sequence.next(),
    random,
    dataKey: keys.get(source.owner) as DataKey,
  };
  if (decision.kind === 'refuse')
    return [refusedRecord({ ...common, refusal: decision.refusal, srid: source.known })];
  return receivedRecords({
    ...common,
    controlId: read.controlId,
    transport: arrival.transport,
    findings: [...read.findings, ...source.findings, ...decision.findings],
    srids: source.srids,
    parts,
  });
}

/**
 * A message that is within the interface's cap and still does not fit into a record, sealed and in its envelope,
 * would fail every append that it is part of: it is refused instead.
 */
function withinRecords(
  decided: Decided,
  keys: ReadonlyMap<string, DataKey>,
  ports: ReceiverPorts,
): { readonly decided: Decided; readonly records: readonly OutgoingRecord[] } {
  const records = encode(decided, keys, ports);
  const { decision } = decided;
  const fits = records.every(record => (record.value?.length ?? 0) <= maxRecordBytes);
  if (fits || decision.kind !== 'accept') return { decided, records };
  const { attempt } = decision;
  const refused: Decided = {
    ...decided,
    decision: { kind: 'refuse', attempt, refusal: refusal('too-large') },
  };
  return { decided: refused, records: encode(refused, keys, ports) };
}

function remember(
  { receipt, decision, source, receivedAt }: Decided,
  records: readonly OutgoingRecord[],
  appended: readonly AppendedRecord[],
  { recent, clock }: ReceiverPorts,
): void {
  if (decision.kind === 'replay' || !source || records.length === 0) return;
  const { ids } = receipt;
  const parts = decision.kind === 'accept' ? source.srids.map((_, at) => at + 1) : [];
  recent.add(contractOf(receipt).tenant, ids.control, {
    content: ids.content,
    attempt: decision.attempt,
    state: decision.kind === 'accept' ? 'accepted' : 'refused',
    parts,
    of: parts.length,
    at: appended[0]?.appendTime ?? clock(),
    receivedAt,
    messageId: ids.message(decision.attempt),
    places: records.map(({ topic, partition, headers }, at) => ({
      eventId: headers['ce_id'] ?? '',
      topic,
      partition,
      offset: appended[at]?.offset ?? 0,
    })),
  });
}

function answerOf({ receipt, decision, receivedAt }: Decided): ReceiptAnswer {
  const id = receipt.ids.message(decision.attempt);
  return decision.kind === 'refuse'
    ? negative(receipt.read.message, id, receivedAt, decision.refusal)
    : positive(receipt.read.message, id, receivedAt);
}

/**
 * Handles a batch to its answers, aligned with it: one lookup, one question to the key store, one append. Every answer
 * waits for the append, negative ones too: a refusal whose exception is not in the log would be forgotten.
 * Raised when the store, the key store or the log is away; nothing was answered then, and the same ids are appended
 * when the messages come again.
 */
export async function receiveBatch(
  batch: readonly Receipt[],
  ports: ReceiverPorts,
): Promise<{ answers: ReceiptAnswer[]; figures: ReceivedBatch }> {
  const times = [performance.now()];
  const lap = (): void => void times.push(performance.now());
  const now = ports.clock();
  const known = await mergeEarlier(
    batch.map(receipt => {
      const { tenant, id, dedupe } = contractOf(receipt);
      const { content, control } = receipt.ids;
      return { tenant, interfaceId: id, content, control, windowHours: dedupe.windowHours };
    }),
    ports.earlier,
    ports.recent,
    now,
  );
  lap();
  const inBatch = createBatchReceipts();
  const wanted = batch.map((receipt, at) => decide(receipt, known[at] ?? [], inBatch, now));
  lap();
  const keys = await ports.keyring.forSealing(ownersOf(wanted));
  lap();
  const encoded = wanted.map(one => withinRecords(one, keys, ports));
  const flat = encoded.flatMap(one => one.records);
  lap();
  let appended: readonly AppendedRecord[] = [];
  try {
    if (flat.length > 0) appended = await ports.writer.append(flat);
  } catch (error) {
    ports.sequence.renew();
    throw error;
  }
  lap();
  let at = 0;
  const answers = encoded.map(({ decided, records }) => {
    remember(decided, records, appended.slice(at, at + records.length), ports);
    at += records.length;
    return answerOf(decided);
  });
  const [lookup = 0, deciding = 0, keying = 0, encoding = 0, append = 0] = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? 0));
  const figures = { messages: batch.length, appended: flat.length, lookup, append };
  return { answers, figures: { ...figures, decide: deciding, keys: keying, encode: encoding } };
}
