// Generated from ../schemas by tools/generate-contracts.mjs; change the schema, not this file.

import AccessRecordedV1 from '../schemas/access.recorded.v1.json' with { type: 'json' };
import ConsentWatermarkV1 from '../schemas/consent.watermark.v1.json' with { type: 'json' };
import EnvelopeRecordedV1 from '../schemas/envelope.recorded.v1.json' with { type: 'json' };
import ExceptionRaisedV1 from '../schemas/exception.raised.v1.json' with { type: 'json' };
import IdentityDecidedV1 from '../schemas/identity.decided.v1.json' with { type: 'json' };
import IdentityMergeObservedV1 from '../schemas/identity.merge-observed.v1.json' with { type: 'json' };
import IdentityPatientObservedV1 from '../schemas/identity.patient-observed.v1.json' with { type: 'json' };
import IdentityWatermarkV1 from '../schemas/identity.watermark.v1.json' with { type: 'json' };
import InterfaceActivatedV1 from '../schemas/interface.activated.v1.json' with { type: 'json' };
import InterfaceCurrentV1 from '../schemas/interface.current.v1.json' with { type: 'json' };
import LinkCurrentV1 from '../schemas/link.current.v1.json' with { type: 'json' };
import MessageReceivedV1 from '../schemas/message.received.v1.json' with { type: 'json' };
import MessageTranslatedV1 from '../schemas/message.translated.v1.json' with { type: 'json' };
import PlanPublishedV1 from '../schemas/plan.published.v1.json' with { type: 'json' };
import PolicySetPublishedV1 from '../schemas/policy-set.published.v1.json' with { type: 'json' };
import RecordsBundleSubmittedV1 from '../schemas/records.bundle-submitted.v1.json' with { type: 'json' };
import RecordsDecidedV1 from '../schemas/records.decided.v1.json' with { type: 'json' };
import RecordsWriteRequestedV1 from '../schemas/records.write-requested.v1.json' with { type: 'json' };
import ShardMapPublishedV1 from '../schemas/shard-map.published.v1.json' with { type: 'json' };
import TimerFiredV1 from '../schemas/timer.fired.v1.json' with { type: 'json' };
import TopicCreatedV1 from '../schemas/topic.created.v1.json' with { type: 'json' };
import WorkflowCauseObservedV1 from '../schemas/workflow.cause-observed.v1.json' with { type: 'json' };
import WorkflowCommandRequestedV1 from '../schemas/workflow.command-requested.v1.json' with { type: 'json' };
import WorkflowDecidedV1 from '../schemas/workflow.decided.v1.json' with { type: 'json' };

/** JSON Schema of each event type. */
export const eventSchemas = {
  'access.recorded.v1': AccessRecordedV1,
  'consent.watermark.v1': ConsentWatermarkV1,
  'envelope.recorded.v1': EnvelopeRecordedV1,
  'exception.raised.v1': ExceptionRaisedV1,
  'identity.decided.v1': IdentityDecidedV1,
  'identity.merge-observed.v1': IdentityMergeObservedV1,
  'identity.patient-observed.v1': IdentityPatientObservedV1,
  'identity.watermark.v1': IdentityWatermarkV1,
  'interface.activated.v1': InterfaceActivatedV1,
  'interface.current.v1': InterfaceCurrentV1,
  'link.current.v1': LinkCurrentV1,
  'message.received.v1': MessageReceivedV1,
  'message.translated.v1': MessageTranslatedV1,
  'plan.published.v1': PlanPublishedV1,
  'policy-set.published.v1': PolicySetPublishedV1,
  'records.bundle-submitted.v1': RecordsBundleSubmittedV1,
  'records.decided.v1': RecordsDecidedV1,
  'records.write-requested.v1': RecordsWriteRequestedV1,
  'shard-map.published.v1': ShardMapPublishedV1,
  'timer.fired.v1': TimerFiredV1,
  'topic.created.v1': TopicCreatedV1,
  'workflow.cause-observed.v1': WorkflowCauseObservedV1,
  'workflow.command-requested.v1': WorkflowCommandRequestedV1,
  'workflow.decided.v1': WorkflowDecidedV1,
} as const;
