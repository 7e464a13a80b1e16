import { contentHash, derivedId, partitionOf } from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import { isHl7Error, tokenise } from '@anamnesis/hl7v2';
import { sourceRecords, type InterfaceContract } from '@anamnesis/mapping';
import { encodeEvent } from '@anamnesis/processing';
import type { ServiceContext } from '@anamnesis/service';

export interface ReceivedFacts {
  readonly contract: InterfaceContract;
  readonly plan: string;
  readonly message: string | Uint8Array;
  readonly attempt?: number;
}

/** The records that the gateway appends for a message: one per source record, sealed under one key. */
export async function receivedRecords(
  { keyring, tenants, random }: Pick<ServiceContext, 'keyring' | 'tenants' | 'random'>,
  { contract, plan, message, attempt = 1 }: ReceivedFacts,
): Promise<OutgoingRecord[]> {
  const tenant = tenants.get(contract.tenant);
  if (!tenant) throw new Error(`No tenant ${contract.tenant} in this test`);
  const { idKey, shard } = tenant;
  const bytes = Buffer.from(message);
  const read = tokenise(bytes);
  const id = derivedId(idKey, 'event', [contract.id, contentHash(idKey, bytes), String(attempt)]);
  const srids = isHl7Error(read)
    ? [derivedId(idKey, 'unidentified', [id])]
    : sourceRecords(read, contract, idKey, id).srids;
  const owner = srids.length > 1 ? id : (srids[0] as string);
  const keys = await keyring.forSealing([{ tenant: tenant.name, owner, members: srids }]);
  const messageType = isHl7Error(read) ? '' : `${read.text(0, 9)}^${read.text(0, 9, 1, 2)}`;
  return srids.map((srid, at) =>
    encodeEvent(
      {
        id: srids.length === 1 ? id : derivedId(idKey, 'event', [id, String(at + 1)]),
        source: 'gateway',
        type: 'message.received.v1',
        time: '2026-01-01T00:00:00.000Z',
        subject: contract.id,
        partitionKey: srid,
        tenant: tenant.name,
        srid,
        correlationId: id,
        edgeSeq: '0:1',
        plan,
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        facts: { interface: contract.id, control: 'c', part: `${at + 1}/${srids.length}`, type: messageType },
      },
      {
        interface: contract.id,
        controlId: isHl7Error(read) ? '' : read.fieldText(0, 10),
        messageType,
        receivedAt: '2026-01-01T00:00:00.000Z',
        transport: 'mllp',
        findings: [],
        part: { n: at + 1, of: srids.length, srids: [...srids] },
        raw: bytes.toString('base64'),
      },
      {
        topic: 'ingress.messages',
        partition: partitionOf('edge', shard, srid),
        key: srid,
        dataKey: keys.get(owner),
        random: size => Buffer.from(random(size)),
      },
    ),
  );
}
