-- Edge ids taken in the last minutes and where: a gateway that died between an append and its answer may append the
-- same message again, at another position, before its message store has caught up (blueprint §4). Rows older than
-- the memory are deleted by time, a partition's own rows by the process that reads it; there is no index for that,
-- because it would cost each message more than one scan per minute costs all of them.
CREATE TABLE seen_edge (
  id text PRIMARY KEY,
  partition int NOT NULL,
  "offset" bigint NOT NULL,
  -- Append time, epoch milliseconds.
  seen_at bigint NOT NULL
);
