-- What every processing service keeps beside its own tables.

-- One row per (processor, topic, partition). `next` moves only by compare-and-set: that is the fence against a
-- zombie that still believes it owns the partition. `marks` holds the high-water marks by which duplicates fall
-- and, for deciders, the shard's `seq` and last decision time.
CREATE TABLE IF NOT EXISTS cursor (
  processor text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  next bigint NOT NULL,
  epoch text NOT NULL,
  marks jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (processor, topic, partition)
);

-- A lane is the ordered output of this service to one partition. `next` is drawn last in the deciding
-- transaction, so number order is commit order without gaps; `acknowledged` is what the log has for sure.
CREATE TABLE IF NOT EXISTS lane (
  topic text NOT NULL,
  partition int NOT NULL,
  next bigint NOT NULL DEFAULT 1,
  acknowledged bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, partition)
);

-- Outputs that may not have reached the log yet. Emptied by truncating whole time buckets, never row by row.
CREATE TABLE IF NOT EXISTS outbox (
  bucket int NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  lane_seq bigint NOT NULL,
  key text,
  headers json NOT NULL,
  -- Sealed bytes do not shrink: stored as they are, without an attempt to compress them.
  value bytea STORAGE EXTERNAL,
  PRIMARY KEY (bucket, topic, partition, lane_seq)
) PARTITION BY LIST (bucket);
CREATE TABLE IF NOT EXISTS outbox_0 PARTITION OF outbox FOR VALUES IN (0);
CREATE TABLE IF NOT EXISTS outbox_1 PARTITION OF outbox FOR VALUES IN (1);
CREATE TABLE IF NOT EXISTS outbox_2 PARTITION OF outbox FOR VALUES IN (2);
CREATE TABLE IF NOT EXISTS outbox_3 PARTITION OF outbox FOR VALUES IN (3);

-- What was decided for an intent that somebody waits for over HTTP.
CREATE TABLE IF NOT EXISTS decision (
  intent_id text PRIMARY KEY,
  seq bigint NOT NULL,
  outcome text NOT NULL,
  response jsonb NOT NULL
);

-- Parked messages, append-only: one row per message as it was read, bytes that could not be decoded included.
CREATE TABLE IF NOT EXISTS parked (
  step text NOT NULL,
  topic text NOT NULL,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  key text,
  event_id text,
  code text NOT NULL,
  headers jsonb NOT NULL,
  value bytea,
  PRIMARY KEY (step, topic, partition, "offset")
);
