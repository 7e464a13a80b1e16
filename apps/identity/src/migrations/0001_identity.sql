-- State of identity's decider: who is who now. Written in the deciding transaction, folded from identity.events by
-- a rebuild; the same facts give the same rows.

-- A source record: one patient as one authority numbers him. `registered` is the seq of the decision that met it
-- first and gives the older of two persons.
CREATE TABLE source_record (
  tenant text NOT NULL,
  srid text NOT NULL,
  registered bigint NOT NULL,
  PRIMARY KEY (tenant, srid)
);

-- Strong identifiers as keyed hashes, of the record's latest version.
CREATE TABLE evidence (
  tenant text NOT NULL,
  srid text NOT NULL,
  hash text NOT NULL,
  kind text NOT NULL,
  PRIMARY KEY (tenant, srid, hash)
);
CREATE INDEX evidence_hash ON evidence (tenant, hash);

-- The person of each source record; `epoch` is that of its last move.
CREATE TABLE link (
  tenant text NOT NULL,
  srid text NOT NULL,
  person text NOT NULL,
  epoch bigint NOT NULL,
  basis text NOT NULL,
  PRIMARY KEY (tenant, srid)
);
CREATE INDEX link_person ON link (tenant, person);

-- Merges that a source asserted. They stay when the identifiers around them change.
CREATE TABLE source_merge (
  tenant text NOT NULL,
  replaced text NOT NULL,
  survivor text NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (tenant, replaced, survivor)
);
CREATE INDEX source_merge_survivor ON source_merge (tenant, survivor);

-- Counter of link epochs per shard.
CREATE TABLE link_epoch (
  shard int PRIMARY KEY,
  epoch bigint NOT NULL
);

-- Policy sets announced on consent.events, each once per shard. Not part of the state that a rebuild of
-- identity.events compares.
CREATE TABLE policy_set_announced (
  shard int NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (shard, hash)
);
