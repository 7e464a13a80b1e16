import { topicsReadBy } from '@anamnesis/contracts';

/** Names that bind this service to its topics, cursors and groups. */
export const service = 'workflow';
export const logTopic = 'workflow.log';
export const eventsTopic = 'workflow.events';
export const recordTopic = 'records.events';
export const exceptionTopics = topicsReadBy(service).filter(topic =>
  topic.startsWith('operations.exceptions.'),
);
export const feederGroup = 'workflow.feeder';
export const deciderName = 'workflow';
export const decider = { name: deciderName, version: 1 } as const;
