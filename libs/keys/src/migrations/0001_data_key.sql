-- One data key per source record and generation, wrapped by the tenant's master key. A message that names several
-- source records has a key of its own, listed under each of them in data_key_member. Erasure (its own role) sets
-- `wrapped` to null and keeps the row: the tombstone tells "erased" from "never known".
CREATE TABLE IF NOT EXISTS data_key (
  tenant text NOT NULL,
  owner text NOT NULL,
  generation int NOT NULL,
  wrapped bytea,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'destroyed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, owner, generation)
);

CREATE TABLE IF NOT EXISTS data_key_member (
  tenant text NOT NULL,
  srid text NOT NULL,
  owner text NOT NULL,
  PRIMARY KEY (tenant, srid, owner)
);

DO $$
DECLARE service text;
BEGIN
  FOREACH service IN ARRAY ARRAY['anm_gateway', 'anm_records'] LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
      EXECUTE format('GRANT SELECT, INSERT ON data_key, data_key_member TO %I', service);
    END IF;
  END LOOP;
  FOREACH service IN ARRAY ARRAY['anm_translation', 'anm_identity', 'anm_workflow', 'anm_audit'] LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
      EXECUTE format('GRANT SELECT ON data_key, data_key_member TO %I', service);
    END IF;
  END LOOP;
END $$;
