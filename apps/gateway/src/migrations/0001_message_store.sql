-- The message store: what the gateway answered, and what became of it. Three folds of three kinds of topic, each
-- row written from one topic and one key and never changed; they are joined when they are read.

-- One row per event of ingress.messages. `message_id` is what the parts of one message share. The table of stored
-- answers is this one: a resend is found by `content_hash`, a used control id by `control_hash`.
CREATE TABLE received_message (
  tenant text NOT NULL,
  event_id text NOT NULL,
  message_id text NOT NULL,
  interface text NOT NULL,
  control_hash text NOT NULL,
  content_hash text NOT NULL,
  attempt int NOT NULL,
  part int NOT NULL,
  parts int NOT NULL,
  message_type text NOT NULL,
  srid text NOT NULL,
  plan text NOT NULL,
  -- Receipt time as the answer carried it.
  received_at timestamptz NOT NULL,
  -- The broker's append time, epoch milliseconds.
  appended_at bigint NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  PRIMARY KEY (tenant, event_id)
);
CREATE INDEX received_message_content ON received_message (tenant, content_hash);
CREATE INDEX received_message_control ON received_message (tenant, control_hash, appended_at);
CREATE INDEX received_message_message ON received_message (tenant, message_id) WHERE parts > 1;

-- Answered AE or AR: one row per refused receipt, from operations.exceptions.gateway.
CREATE TABLE refused_message (
  tenant text NOT NULL,
  event_id text NOT NULL,
  interface text NOT NULL,
  control_hash text NOT NULL,
  content_hash text NOT NULL,
  attempt int NOT NULL,
  message_type text NOT NULL,
  code text NOT NULL,
  appended_at bigint NOT NULL,
  PRIMARY KEY (tenant, event_id)
);
CREATE INDEX refused_message_content ON refused_message (tenant, content_hash);
CREATE INDEX refused_message_control ON refused_message (tenant, control_hash, appended_at);

-- Accepted and then parked, rejected or failed further on, from the exceptions of translation and records.
CREATE TABLE failed_message (
  tenant text NOT NULL,
  event_id text NOT NULL,
  service text NOT NULL,
  code text NOT NULL,
  category text NOT NULL,
  appended_at bigint NOT NULL,
  PRIMARY KEY (tenant, event_id, service)
);
