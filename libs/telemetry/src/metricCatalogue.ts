interface MetricShape {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const sizes = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

/**
 * Every metric of the product: names are frozen, dashboards and alerts rely on them. Labels are bounded sets
 * (listener, type, outcome, class of error), never a patient, an order or a message.
 */
export const metricCatalogue = {
  mllp_connections: {
    kind: 'gauge',
    help: 'Open MLLP connections',
    labels: ['listener', 'state'],
  },
  mllp_frames_total: { kind: 'counter', help: 'MLLP frames by result', labels: ['listener', 'result'] },
  mllp_acks_total: { kind: 'counter', help: 'MLLP answers by MSA-1', labels: ['listener', 'code'] },
  mllp_ack_duration_seconds: {
    kind: 'histogram',
    help: 'From the last byte of a frame to its answer',
    labels: ['listener'],
    buckets: seconds,
  },
  mllp_frame_bytes: { kind: 'histogram', help: 'Size of MLLP frames', labels: ['listener'], buckets: sizes },
  pipeline_stage_duration_seconds: {
    kind: 'histogram',
    help: 'Time of one stage over one batch',
    labels: ['stage', 'type'],
    buckets: seconds,
  },
  pipeline_stage_total: {
    kind: 'counter',
    help: 'Messages through a stage',
    labels: ['stage', 'type', 'outcome', 'error_class'],
  },
  consumer_lag_records: {
    kind: 'gauge',
    help: 'Records between cursor and log end',
    labels: ['processor', 'topic'],
  },
  consumer_lag_age_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest unprocessed record',
    labels: ['processor', 'topic'],
  },
  consumer_rebalances_total: { kind: 'counter', help: 'Assignments of the group', labels: ['group'] },
  parked_messages: { kind: 'gauge', help: 'Messages set aside', labels: ['topic', 'reason'] },
  projection_freshness_seconds: {
    kind: 'gauge',
    help: 'From append to visible in the projection',
    labels: ['projection'],
  },
  projection_rebuild_progress_ratio: {
    kind: 'gauge',
    help: 'Share of a rebuild that is done',
    labels: ['projection'],
  },
  reconciliation_gap_records: { kind: 'gauge', help: 'Records without their effect', labels: ['check'] },
  identity_review_queue: { kind: 'gauge', help: 'Links that wait for a person', labels: [] },
  consent_denials_total: { kind: 'counter', help: 'Refused accesses', labels: ['purpose'] },
  audit_chain_verified_timestamp_seconds: {
    kind: 'gauge',
    help: 'Last successful verification of the log',
    labels: [],
  },
  contract_violations_total: {
    kind: 'counter',
    help: 'Events that miss their contract',
    labels: ['contract', 'rule'],
  },
  http_request_duration_seconds: {
    kind: 'histogram',
    help: 'HTTP requests by route template',
    labels: ['method', 'route', 'status'],
    buckets: seconds,
  },
} as const satisfies Record<string, MetricShape>;

export type MetricName = keyof typeof metricCatalogue;
export type MetricsOfKind<K extends MetricShape['kind']> = {
  [N in MetricName]: (typeof metricCatalogue)[N]['kind'] extends K ? N : never;
}[MetricName];
export type LabelsOf<N extends MetricName> = (typeof metricCatalogue)[N]['labels'][number];
