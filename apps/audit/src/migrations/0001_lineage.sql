-- Projections of audit. Every row is written from one topic and one key, so folding again gives the same bytes.
-- Not partitioned by time yet: when rows are to be dropped by age, `hop` and `received_raw` become partitioned by
-- append time in a new projection version built beside this one.

-- One row per event of any topic: its envelope as audit.log has it, and where in audit.log it stands
-- (log_offset is the leaf index of the shard's transparency log).
CREATE TABLE IF NOT EXISTS hop (
  topic text NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  append_time timestamptz NOT NULL,
  log_partition int NOT NULL,
  log_offset bigint NOT NULL,
  event_id text NOT NULL,
  type text NOT NULL,
  producer text NOT NULL,
  tenant text NOT NULL,
  correlation_id text NOT NULL,
  causation_id text,
  lane_seq bigint,
  edge_seq text,
  srid text,
  subject text,
  plan text,
  ciphertext_hash bytea NOT NULL,
  size int NOT NULL,
  facts jsonb NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX IF NOT EXISTS hop_correlation ON hop (correlation_id);
-- Rows arrive in about the order of their append times: a block range index answers "since" for almost nothing.
CREATE INDEX IF NOT EXISTS hop_append_time ON hop USING brin (append_time) WITH (pages_per_range = 16, autosummarize = on);

-- One row per received message (per part of a message that names several source records).
CREATE TABLE IF NOT EXISTS message_index (
  tenant text NOT NULL,
  event_id text NOT NULL,
  correlation_id text NOT NULL,
  interface text NOT NULL,
  -- Keyed hash of MSH-10; empty when the message had none.
  control_hash text NOT NULL,
  message_type text NOT NULL,
  part int NOT NULL,
  parts int NOT NULL,
  received_at timestamptz NOT NULL,
  srid text,
  plan text,
  PRIMARY KEY (tenant, event_id)
);
CREATE INDEX IF NOT EXISTS message_index_control ON message_index (tenant, control_hash);
CREATE INDEX IF NOT EXISTS message_index_received ON message_index USING brin (received_at) WITH (autosummarize = on);

-- The sealed bytes of a received message, as they stand in ingress.messages.
CREATE TABLE IF NOT EXISTS received_raw (
  tenant text NOT NULL,
  event_id text NOT NULL,
  topic text NOT NULL,
  type text NOT NULL,
  key_id text,
  sealed bytea NOT NULL,
  PRIMARY KEY (tenant, event_id)
);

-- Which decision wrote which version of which resource.
CREATE TABLE IF NOT EXISTS resource_origin (
  tenant text NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  version int NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  body_hash text NOT NULL,
  intent_id text NOT NULL,
  intent_type text NOT NULL,
  correlation_id text NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, type, id, version)
);
CREATE INDEX IF NOT EXISTS resource_origin_correlation ON resource_origin (correlation_id);
-- "Who saw this patient" asks for every resource about the source record.
CREATE INDEX IF NOT EXISTS resource_origin_subject ON resource_origin (tenant, subject) INCLUDE (type, id);

-- Exceptions of every service, one row per raised event.
CREATE TABLE IF NOT EXISTS exception_item (
  topic text NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  tenant text NOT NULL,
  event_id text NOT NULL,
  correlation_id text NOT NULL,
  causation_id text,
  raised_at timestamptz NOT NULL,
  service text NOT NULL,
  stage text NOT NULL,
  interface text,
  code text NOT NULL,
  category text NOT NULL,
  group_id text NOT NULL,
  reason text NOT NULL,
  owner_role text NOT NULL,
  act text NOT NULL,
  item_id text NOT NULL,
  srid text,
  control_hash text,
  message_type text,
  place jsonb NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX IF NOT EXISTS exception_item_correlation ON exception_item (correlation_id);
CREATE INDEX IF NOT EXISTS exception_item_item ON exception_item (tenant, item_id);
CREATE INDEX IF NOT EXISTS exception_item_control ON exception_item (tenant, control_hash);

-- Which case an exception or a registration belongs to, and the task that it opened.
CREATE TABLE IF NOT EXISTS work_item (
  tenant text NOT NULL,
  item_id text NOT NULL,
  case_id text NOT NULL,
  correlation_id text NOT NULL,
  PRIMARY KEY (tenant, item_id, case_id)
);
CREATE INDEX IF NOT EXISTS work_item_correlation ON work_item (correlation_id);
CREATE TABLE IF NOT EXISTS work_task (
  tenant text NOT NULL,
  task text NOT NULL,
  case_id text NOT NULL,
  title text NOT NULL,
  act text NOT NULL,
  owner_role text NOT NULL,
  due_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, task)
);
CREATE INDEX IF NOT EXISTS work_task_case ON work_task (tenant, case_id);

-- The ledger of reads, denials and operator acts.
CREATE TABLE IF NOT EXISTS access (
  topic text NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  tenant text NOT NULL,
  event_id text NOT NULL,
  at timestamptz NOT NULL,
  service text NOT NULL,
  actor text NOT NULL,
  roles text[] NOT NULL,
  purpose text NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL,
  resource_type text,
  resource_id text,
  srid text,
  hits text[] NOT NULL,
  decision jsonb NOT NULL,
  incarnation text NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX IF NOT EXISTS access_srid ON access (tenant, srid, at);
CREATE INDEX IF NOT EXISTS access_resource ON access (tenant, resource_type, resource_id, at);
CREATE INDEX IF NOT EXISTS access_hits ON access USING gin (hits);
