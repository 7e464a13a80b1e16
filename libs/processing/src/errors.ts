import { defineError } from '@anamnesis/contracts';

/** Raised when another owner of the partition moved this cursor first: roll back and give the partition up. */
export const cursorFenced = defineError(
  'ANM_CURSOR_FENCED',
  'stop',
  (f: { processor: string; topic: string; partition: number; expected: number }) =>
    `Cursor of ${f.processor} on ${f.topic}/${f.partition} is no longer at ${f.expected}: another process owns the partition`,
);

/** Raised when the log ends before the cursor: the topic was re-created or restored from an older copy. */
export const logOlderThanStore = defineError(
  'ANM_LOG_OLDER_THAN_STORE',
  'stop',
  (f: { processor: string; topic: string; partition: number; cursor: number; logEnd: number }) =>
    `${f.topic}/${f.partition} ends at ${f.logEnd}, before the cursor ${f.cursor} of ${f.processor}: the log is older than the store, restore the log or rebuild the store`,
);

/** Raised when the topic is not the one that the cursor counted in: same name, other epoch. */
export const topicRecreated = defineError(
  'ANM_TOPIC_RECREATED',
  'stop',
  (f: { processor: string; topic: string; partition: number }) =>
    `${f.topic}/${f.partition} was re-created since ${f.processor} last read it: its offsets mean something else, rebuild the store`,
);

/** Raised when a lane's numbers arrive with a hole: an output was lost or removed. */
export const laneGap = defineError(
  'ANM_LANE_GAP',
  'stop',
  (f: {
    processor: string;
    topic: string;
    partition: number;
    lane: string;
    expected: number;
    found: number;
  }) =>
    `${f.topic}/${f.partition} jumps from ${f.expected} to ${f.found} in the lane of ${f.lane}: a decided output is missing (${f.processor} stopped)`,
);

/** Raised when a topic has no epoch in governance.events: it was not created by `./anamnesis up` or the operator. */
export const topicEpochUnknown = defineError(
  'ANM_TOPIC_EPOCH_UNKNOWN',
  'stop',
  (f: { topic: string }) => `Topic ${f.topic} has no topic.created event: create topics with ./anamnesis up`,
);

/** Raised when the database does not answer or refused a statement for a reason that may pass. */
export const databaseUnavailable = defineError(
  'ANM_DATABASE_UNAVAILABLE',
  'retry',
  (f: { reason: string }) =>
    `The database does not answer (${f.reason}): check DATABASE_URL and that Postgres is running`,
);

/** Raised when a newer version of a known event type arrives: an old process must not guess. */
export const newerEventVersion = defineError(
  'ANM_NEWER_EVENT_VERSION',
  'stop',
  (f: { type: string }) =>
    `Event type ${f.type} is newer than this version understands: upgrade the service before it reads on`,
);
