/** Names that bind this service to its topics, cursors and groups. */
export const service = 'identity';
export const logTopic = 'identity.log';
export const eventsTopic = 'identity.events';
export const linksTopic = 'identity.links';
export const consentTopic = 'consent.events';
export const recordTopic = 'records.events';
export const feederName = 'identity.feeder';
export const deciderName = 'identity';
export const decider = { name: deciderName, version: 1 } as const;
