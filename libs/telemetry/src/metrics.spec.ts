import { metricCatalogue } from './metricCatalogue.js';
import { createMetrics } from './metrics.js';

describe('metrics', () => {
  it('shows what was used, under the frozen name, with its service', async () => {
    const metrics = createMetrics('gateway', { processMetrics: false });
    metrics.counter('mllp_acks_total').inc({ listener: 'adt-main', code: 'AA' });
    metrics.counter('mllp_acks_total').inc({ listener: 'adt-main', code: 'AA' });
    metrics.histogram('mllp_ack_duration_seconds').observe({ listener: 'adt-main' }, 0.004);
    const text = await metrics.exposition();
    expect(text).toContain('mllp_acks_total{listener="adt-main",code="AA",service="gateway"} 2');
    expect(text).toContain('le="0.005"');
    expect(text).not.toContain('identity_review_queue');
  });

  it('keeps processes apart', async () => {
    createMetrics('a', { processMetrics: false }).gauge('identity_review_queue').set(3);
    expect(await createMetrics('b', { processMetrics: false }).exposition()).not.toContain('identity_review');
  });

  it('names base units and has no label that could name a patient or a message', () => {
    for (const [name, { labels }] of Object.entries(metricCatalogue)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]+$/);
      for (const label of labels) expect(label).not.toMatch(/id$|patient|message|srid|key/);
    }
  });
});
