-- Beside the decider's state.

-- The scanner's own memory: which firings it appended, so that a timer is not fired again at every poll. Losing it
-- costs a repeated firing, which changes nothing.
CREATE TABLE timer_sent (
  tenant text NOT NULL,
  case_id text NOT NULL,
  timer_seq int NOT NULL,
  sent_at bigint NOT NULL,
  PRIMARY KEY (tenant, case_id, timer_seq)
);

-- Projection of operations.exceptions.*: one row per exception event, for lists and details. Cases join it by
-- (group_key, item_id). `appended_at` is the append time, epoch milliseconds.
CREATE TABLE exception_item (
  tenant text NOT NULL,
  event_id text NOT NULL,
  group_key text NOT NULL,
  item_id text NOT NULL,
  service text NOT NULL,
  stage text NOT NULL,
  code text NOT NULL,
  category text NOT NULL,
  interface text,
  message_type text,
  reason text NOT NULL,
  position text,
  appended_at bigint NOT NULL,
  PRIMARY KEY (tenant, event_id)
);
CREATE INDEX exception_item_group ON exception_item (tenant, group_key, item_id);
