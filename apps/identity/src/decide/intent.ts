import type {
  EventAttributes,
  IdentityMergeObservedV1,
  IdentityPatientObservedV1,
  TimerFiredV1,
} from '@anamnesis/contracts';
import { strongEvidence, type EvidencePolicy, type Observed } from '@anamnesis/matching';
import type { IncomingRecord } from '@anamnesis/event-log';
import type { DecodedEvent } from '@anamnesis/processing';

interface Place {
  readonly record: IncomingRecord;
  readonly attributes: EventAttributes;
}

/** What lies in identity's log, as its decider sees it. */
export type Intent = Place &
  (
    | { readonly kind: 'observed'; readonly observed: Observed; readonly version?: number }
    | { readonly kind: 'watermark'; readonly at: string }
    | { readonly kind: 'unreadable'; readonly code: 'erased' | 'undecodable' }
  );

export const watermarkTimer = 'watermark';

/** Undefined for a record without readable headers: nobody can be told, nothing can be derived from it. */
export function intentOf(
  decoded: DecodedEvent,
  idKey: (tenant: string) => Uint8Array,
  policy: EvidencePolicy,
): Intent | undefined {
  if (!decoded.readable) {
    const { record, attributes, code } = decoded;
    return (
      attributes && { kind: 'unreadable', record, attributes, code: code === 'erased' ? code : 'undecodable' }
    );
  }
  const { record, attributes, payload } = decoded.event;
  const place = { record, attributes };
  switch (attributes.type) {
    case 'identity.patient-observed.v1': {
      const { srid, version, patient } = payload as IdentityPatientObservedV1;
      const evidence = strongEvidence(patient, idKey(attributes.tenant), policy);
      return { ...place, kind: 'observed', version, observed: { kind: 'patient', srid, evidence } };
    }
    case 'identity.merge-observed.v1':
      return {
        ...place,
        kind: 'observed',
        observed: { kind: 'merge', ...(payload as IdentityMergeObservedV1) },
      };
    case 'timer.fired.v1': {
      const { timer, dueAt } = payload as TimerFiredV1;
      if (timer === watermarkTimer) return { ...place, kind: 'watermark', at: dueAt };
      return { ...place, kind: 'unreadable', code: 'undecodable' };
    }
    default:
      return { ...place, kind: 'unreadable', code: 'undecodable' };
  }
}

/** Records and identifiers that a run of intents names. */
export function namedBy(intents: readonly Intent[]): { srids: string[]; hashes: string[] } {
  const named = { srids: [] as string[], hashes: [] as string[] };
  for (const intent of intents) {
    if (intent.kind !== 'observed') continue;
    const { observed } = intent;
    if (observed.kind === 'merge') named.srids.push(observed.survivor, observed.replaced);
    else {
      named.srids.push(observed.srid);
      named.hashes.push(...observed.evidence.map(one => one.hash));
    }
  }
  return named;
}
