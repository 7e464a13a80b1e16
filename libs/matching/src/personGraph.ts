import type { Evidence } from './evidence.js';

/** A source record as identity knows it. */
export interface SourceRecord {
  readonly srid: string;
  /** `seq` of the decision that registered it; gives the older of two persons. */
  readonly registered: number;
  readonly evidence: readonly Evidence[];
  readonly person: string;
}

/** A merge asserted by a source: the replaced record's chart continues in the survivor's. */
export interface SourceMerge {
  readonly replaced: string;
  readonly survivor: string;
}

/**
 * Source records, merges and who carries which identifier: the working set of one decision. It must hold every
 * record that shares an identifier or a merge, directly or through others, with what is decided upon; identifiers
 * with more carriers than the policy allows may be cut off there.
 */
export interface PersonGraph {
  readonly epoch: number;
  record(srid: string): SourceRecord | undefined;
  records(): Iterable<SourceRecord>;
  carriers(hash: string): ReadonlySet<string>;
  mergesOf(srid: string): readonly SourceMerge[];
  setRecord(record: SourceRecord): void;
  addMerge(merge: SourceMerge): void;
  setEpoch(epoch: number): void;
}

const nobody: ReadonlySet<string> = new Set();

export function createPersonGraph(initialEpoch = 0): PersonGraph {
  const records = new Map<string, SourceRecord>();
  const carriers = new Map<string, Set<string>>();
  const merges = new Map<string, SourceMerge[]>();
  let epoch = initialEpoch;

  const note = (srid: string, merge: SourceMerge): void => {
    merges.set(srid, [...(merges.get(srid) ?? []), merge]);
  };

  return {
    get epoch() {
      return epoch;
    },
    setEpoch(next) {
      epoch = next;
    },
    record: srid => records.get(srid),
    records: () => records.values(),
    carriers: hash => carriers.get(hash) ?? nobody,
    mergesOf: srid => merges.get(srid) ?? [],
    setRecord(record) {
      for (const { hash } of records.get(record.srid)?.evidence ?? [])
        carriers.get(hash)?.delete(record.srid);
      for (const { hash } of record.evidence) {
        const known = carriers.get(hash);
        if (known) known.add(record.srid);
        else carriers.set(hash, new Set([record.srid]));
      }
      records.set(record.srid, record);
    },
    addMerge(merge) {
      if (mergeKnown(merges.get(merge.replaced) ?? [], merge)) return;
      note(merge.replaced, merge);
      note(merge.survivor, merge);
    },
  };
}

export function mergeKnown(merges: readonly SourceMerge[], { replaced, survivor }: SourceMerge): boolean {
  return merges.some(merge => merge.replaced === replaced && merge.survivor === survivor);
}

/** True when following merges from `from` to survivors reaches `to`: merging `to` into `from` would be a cycle. */
export function survivesIn(graph: PersonGraph, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let srid = open.pop(); srid !== undefined; srid = open.pop()) {
    if (srid === to) return true;
    if (seen.has(srid)) continue;
    seen.add(srid);
    for (const merge of graph.mergesOf(srid)) if (merge.replaced === srid) open.push(merge.survivor);
  }
  return false;
}
