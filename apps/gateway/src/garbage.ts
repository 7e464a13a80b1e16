import { derivedId } from '@anamnesis/contracts';
import type { OutgoingRecord } from '@anamnesis/event-log';
import { exceptionEvent } from '@anamnesis/processing';
import type { ActiveInterface, ReceiverPorts } from './receive/ports.js';

/**
 * Bytes outside frames are no message and get no answer: there is nothing that an answer could name, and one given
 * unasked would be taken for that of another message. They are somebody's work all the same, once per connection.
 */
export function garbageRecord(
  { contract }: ActiveInterface,
  count: number,
  { tenant, sequence, clock, random, traceparent }: ReceiverPorts,
): OutgoingRecord {
  const { idKey, shard } = tenant(contract.tenant);
  const edgeSeq = sequence.next();
  const id = derivedId(idKey, 'event', ['outside-frame', contract.id, edgeSeq]);
  return exceptionEvent(
    {
      interface: contract.id,
      code: 'bytes-outside-frame',
      category: 'failed',
      single: false,
      place: { service: 'gateway', stage: 'mllp' },
      reason: `A connection sent ${count} bytes outside MLLP frames; they were not read and not answered`,
      ownerRole: contract.exceptions.ownerRole,
      act: 'Find out what connects to this port and correct its framing or its address',
      item: { id },
    },
    {
      service: 'gateway',
      tenant: contract.tenant,
      idKey,
      shard,
      correlationId: id,
      edgeSeq,
      traceparent: traceparent(),
      time: new Date(clock()).toISOString(),
      random,
    },
  );
}
