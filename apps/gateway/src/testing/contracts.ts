import type { InterfaceContract } from '@anamnesis/mapping';
import type { ActiveInterface } from '../receive/ports.js';

type Changes = Partial<Omit<InterfaceContract, 'transport' | 'accept'>> & {
  readonly transport?: Partial<InterfaceContract['transport']>;
  readonly accept?: Partial<InterfaceContract['accept']>;
};

/** An interface of tenant `demo` that takes a few triggers, for tests. */
export function testContract(changes: Changes = {}): InterfaceContract {
  const { transport, accept, ...rest } = changes;
  return {
    id: 'feed',
    tenant: 'demo',
    version: 1,
    description: 'A feed for tests',
    owner: { role: 'integrator' },
    purpose: 'TREAT',
    zone: 'Europe/Berlin',
    transport: { kind: 'mllp', port: 0, maxBytes: 65_536, idleSeconds: 60, maxConnections: 20, ...transport },
    accept: { processingIds: ['P'], triggers: ['ADT^A01', 'ADT^A08', 'ADT^A40', 'ORU^R01'], ...accept },
    ack: { mode: 'original', means: 'received', onUnavailable: 'reject' },
    dedupe: { windowHours: 72, reuse: 'flag' },
    charset: 'UTF-8',
    authorities: [{ match: { namespace: 'MRN' }, uri: 'urn:oid:1.2.3' }],
    numberAuthority: 'urn:oid:1.2.4',
    authoritative: ['Patient', 'Encounter'],
    exceptions: { ownerRole: 'integrator' },
    routes: [{ to: 'record' }],
    maps: ['standard'],
    snapshot: 'partial',
    ...rest,
  };
}

export function testInterface(changes: Changes = {}): ActiveInterface {
  return { contract: testContract(changes), plan: 'plan-of-tests' };
}

interface MessageParts {
  readonly control?: string;
  readonly type?: string;
  readonly processing?: string;
  readonly version?: string;
  /** CX.1 of PID-3; '' leaves the patient without an id. */
  readonly mrn?: string;
  readonly rest?: readonly string[];
  readonly lineEnd?: string;
}

/** A message as text. Names are of the usual invented kind. */
export function testMessage({
  control = 'C1',
  type = 'ADT^A01',
  processing = 'P',
  version = '2.5.1',
  mrn = '1001',
  rest = [],
  lineEnd = '\r',
}: MessageParts = {}): string {
  const cx = mrn === '' ? '' : `${mrn}^^^MRN^MR`;
  return [
    `MSH|^~\\&|ADT|WARD|ANM|HUB|20260301120000||${type}|${control}|${processing}|${version}`,
    `PID|1||${cx}||EVERYWOMAN^EVE||19620320|F`,
    ...rest,
    '',
  ].join(lineEnd);
}
