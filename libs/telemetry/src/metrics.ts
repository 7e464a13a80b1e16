import client, { type Counter, type Gauge, type Histogram, type Registry } from 'prom-client';
import { metricCatalogue, type LabelsOf, type MetricName, type MetricsOfKind } from './metricCatalogue.js';

/** Metrics of a process. A metric exists from its first use, so a service shows only what it has. */
export interface Metrics {
  counter<N extends MetricsOfKind<'counter'>>(name: N): Counter<LabelsOf<N>>;
  gauge<N extends MetricsOfKind<'gauge'>>(name: N): Gauge<LabelsOf<N>>;
  histogram<N extends MetricsOfKind<'histogram'>>(name: N): Histogram<LabelsOf<N>>;
  /** Prometheus text format. */
  exposition(): Promise<string>;
  readonly contentType: string;
}

/** `processMetrics: false` leaves out CPU, memory and event-loop figures of Node, for tests. */
export function createMetrics(service: string, options: { processMetrics?: boolean } = {}): Metrics {
  const registry: Registry = new client.Registry();
  registry.setDefaultLabels({ service });
  if (options.processMetrics !== false) client.collectDefaultMetrics({ register: registry });
  const made = new Map<MetricName, unknown>();

  const shapeOf = (name: MetricName) => {
    const shape = metricCatalogue[name];
    return {
      name,
      help: shape.help,
      labelNames: [...shape.labels],
      registers: [registry],
      ...('buckets' in shape ? { buckets: [...shape.buckets] } : {}),
    };
  };
  const once = <T>(name: MetricName, make: () => T): T => {
    if (!made.has(name)) made.set(name, make());
    return made.get(name) as T;
  };

  return {
    counter: name => once(name, () => new client.Counter(shapeOf(name))) as never,
    gauge: name => once(name, () => new client.Gauge(shapeOf(name))) as never,
    histogram: name => once(name, () => new client.Histogram(shapeOf(name))) as never,
    exposition: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
