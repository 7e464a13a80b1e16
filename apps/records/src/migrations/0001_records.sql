-- The record: what is current, every version that ever was, and what merges made one.

-- One row per resource: what decisions and searches look at. The content lies once, in res_version.
-- `born` is the position of the creating decision: it never changes, so pages cut by it stay stable.
-- `effective` is in epoch milliseconds. `tokens` are 64-bit hashes of (tenant, type, parameter, system, value) of
-- the current version.
CREATE TABLE res_current (
  tenant text NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  version int NOT NULL,
  seq bigint NOT NULL,
  born bigint NOT NULL,
  subject text NOT NULL,
  effective bigint,
  status_rank int,
  body_hash text NOT NULL,
  tokens bigint[] NOT NULL,
  PRIMARY KEY (tenant, type, id)
) WITH (fillfactor = 85);

-- Everything of one source record, newest first.
CREATE INDEX res_current_subject ON res_current (tenant, subject, type, born DESC, id DESC);
-- A whole type, newest first; grows at its end only. An expression on purpose: on a table without statistics the
-- planner took this index instead of the primary key to look one resource up, and read the whole type for each.
CREATE INDEX res_current_type ON res_current ((tenant || '/' || type), born DESC, id DESC);
-- No pending list: a search never pays for the writes before it, and nothing has to flush it.
CREATE INDEX res_current_tokens ON res_current USING gin (tokens) WITH (fastupdate = off);

-- Append-only. A version ends where the next one of its resource begins.
CREATE TABLE res_version (
  tenant text NOT NULL,
  type text NOT NULL,
  id text NOT NULL,
  version int NOT NULL,
  seq bigint NOT NULL,
  body_hash text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (tenant, type, id, version)
);

-- Source merges: the record that went, and the one that its data is found under.
CREATE TABLE merged (
  tenant text NOT NULL,
  replaced text NOT NULL,
  survivor text NOT NULL,
  PRIMARY KEY (tenant, replaced)
);
CREATE INDEX merged_survivor ON merged (tenant, survivor);

-- Parts of messages about several source records whose other parts are not decided yet.
CREATE TABLE pending_part (
  tenant text NOT NULL,
  correlation_id text NOT NULL,
  n int NOT NULL,
  PRIMARY KEY (tenant, correlation_id, n)
);

-- Read side of identity.events: source record -> person. Readers see whole epochs.
CREATE TABLE person_link (
  tenant text NOT NULL,
  srid text NOT NULL,
  person text NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, srid)
);
CREATE INDEX person_link_person ON person_link (tenant, person);

-- Links of an epoch whose last link has not arrived.
CREATE TABLE person_link_staged (
  tenant text NOT NULL,
  epoch bigint NOT NULL,
  srid text NOT NULL,
  person text NOT NULL,
  PRIMARY KEY (tenant, epoch, srid)
);
