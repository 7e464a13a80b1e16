-- State of workflow's decider: cases, tasks, clocks. Written in the deciding transaction, folded from
-- workflow.events by a rebuild. Instants are RFC 3339 in UTC with milliseconds, as the facts have them: text
-- order is time order, and the same facts give the same bytes.

CREATE TABLE workflow_case (
  tenant text NOT NULL,
  case_id text NOT NULL,
  definition text NOT NULL,
  definition_hash text NOT NULL,
  key text NOT NULL,
  srid text,
  interface text,
  cause_event_id text NOT NULL,
  node text,
  open boolean NOT NULL,
  count int NOT NULL,
  version int NOT NULL,
  opened_at text COLLATE "C" NOT NULL,
  changed_at text COLLATE "C" NOT NULL,
  closed_reason text,
  PRIMARY KEY (tenant, case_id)
);
-- The second net under the decider: one case is open per key.
CREATE UNIQUE INDEX workflow_case_open ON workflow_case (tenant, definition, key) WHERE open;

CREATE TABLE task (
  tenant text NOT NULL,
  task text NOT NULL,
  case_id text NOT NULL,
  ordinal int NOT NULL,
  node text NOT NULL,
  title text NOT NULL,
  act text NOT NULL,
  owner_role text NOT NULL,
  due_at text COLLATE "C" NOT NULL,
  status text NOT NULL,
  owner text,
  overdue boolean NOT NULL,
  note text,
  version int NOT NULL,
  created_at text COLLATE "C" NOT NULL,
  changed_at text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, task)
);
CREATE UNIQUE INDEX task_of_case ON task (tenant, case_id, ordinal);
-- Work lists: soonest due first.
CREATE INDEX task_list ON task (tenant, status, owner_role, due_at, task);

CREATE TABLE timer (
  tenant text NOT NULL,
  case_id text NOT NULL,
  timer_seq int NOT NULL,
  timer text NOT NULL,
  due_at text COLLATE "C" NOT NULL,
  status text NOT NULL,
  PRIMARY KEY (tenant, case_id, timer_seq)
);
CREATE INDEX timer_due ON timer (due_at) WHERE status = 'scheduled';

-- What a grouped case counts, each item once.
CREATE TABLE case_item (
  tenant text NOT NULL,
  case_id text NOT NULL,
  item_id text NOT NULL,
  PRIMARY KEY (tenant, case_id, item_id)
);
CREATE INDEX case_item_item ON case_item (tenant, item_id);
CREATE INDEX workflow_case_srid ON workflow_case (tenant, srid);
