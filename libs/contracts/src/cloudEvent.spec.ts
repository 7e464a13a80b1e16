import fc from 'fast-check';
import { fromHeaders, isAttributes, toHeaders, type EventAttributes } from './cloudEvent.js';

const full: EventAttributes = {
  id: 'e1',
  source: 'gateway',
  type: 'message.received.v1',
  time: '2026-01-01T00:00:00Z',
  subject: 'adt-main',
  partitionKey: 'srid1',
  tenant: 'demo',
  srid: 'srid1',
  correlationId: 'e1',
  causationId: 'e0',
  causePosition: { topic: 'ingress.messages', epoch: 'ab12', partition: 1, offset: 42, index: 0 },
  laneSeq: 7,
  edgeSeq: 'abc:9',
  keyId: 'k1.1',
  plan: 'p',
  replayId: 'r',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  contentType: 'application/json',
  facts: { part: '1/2' },
};

describe('CloudEvents in Kafka binary mode', () => {
  it('round-trips every attribute through headers', () => {
    expect(fromHeaders(toHeaders(full))).toEqual(full);
  });

  it('names the required header that a foreign record lacks', () => {
    for (const name of ['ce_id', 'ce_type', 'ce_tenant']) {
      const headers = toHeaders(full);
      delete headers[name];
      expect(fromHeaders(headers)).toEqual({ missing: name });
    }
  });

  it('refuses a malformed cause position instead of ignoring it, since duplicates fall by it', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const found = fromHeaders({ ...toHeaders(full), ce_causeposition: text });
        expect(
          isAttributes(found) ? found.causePosition !== undefined : found.missing === 'ce_causeposition',
        ).toBe(true);
      }),
    );
  });
});
