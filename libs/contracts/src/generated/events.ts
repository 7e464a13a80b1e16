// Generated from ../schemas by tools/generate-contracts.mjs; change the schema, not this file.

export namespace AccessRecordedV1Schema {
  /**
   * Somebody read, was denied, or acted.
   */
  export interface AccessRecordedV1 {
    actor: {
      sub: string;
      roles: string[];
    };
    /**
     * empty when none was given
     */
    purpose: string;
    action: 'read' | 'vread' | 'history' | 'search' | 'write' | 'count' | 'reveal' | 'operate' | 'lineage';
    resourceType?: string;
    resourceId?: string;
    /**
     * type/id of each resource shown
     */
    hits: string[];
    outcome: 'permit' | 'deny';
    decision: {
      policySet: string;
      policySetHash: string;
      /**
       * Policy that decided
       */
      rule: string;
      reasons: string[];
      inputAgeMs: number;
    };
    incarnation: string;
    n: number;
  }
}
export type AccessRecordedV1 = AccessRecordedV1Schema.AccessRecordedV1;

export namespace ConsentWatermarkV1Schema {
  /**
   * Nothing older than this is missing from the stream of consents.
   */
  export interface ConsentWatermarkV1 {
    at: string;
  }
}
export type ConsentWatermarkV1 = ConsentWatermarkV1Schema.ConsentWatermarkV1;

export namespace EnvelopeRecordedV1Schema {
  /**
   * Envelope of one event of another topic, as the transparency log keeps it.
   */
  export interface EnvelopeRecordedV1 {
    eventId: string;
    type: string;
    topic: string;
    partition: number;
    offset: number;
    appendTime: string;
    producer: string;
    laneSeq?: number;
    edgeSeq?: string;
    causePosition?: string;
    causationId?: string;
    correlationId: string;
    srid?: string;
    subject?: string;
    keyId?: string;
    plan?: string;
    traceparent?: string;
    contentType: string;
    /**
     * SHA-256 of the record value, hex
     */
    ciphertextHash: string;
    /**
     * bytes of the record value
     */
    size: number;
    /**
     * anm_ headers of the event
     */
    facts: {
      [k: string]: string;
    };
    /**
     * Sealed bytes of a received message, base64: lineage outlives the topic
     */
    raw?: string;
  }
}
export type EnvelopeRecordedV1 = EnvelopeRecordedV1Schema.EnvelopeRecordedV1;

export namespace ExceptionRaisedV1Schema {
  /**
   * A failure with its place, its owner and the act it needs. Holds no patient data in clear.
   */
  export interface ExceptionRaisedV1 {
    interface?: string;
    /**
     * for example no-map, wrong-patient
     */
    code: string;
    category: 'refused' | 'parked' | 'rejected' | 'held' | 'failed';
    /**
     * Opaque; one open exception per group
     */
    group: string;
    /**
     * One exception per message (causes about one patient)
     */
    single: boolean;
    place: {
      service: string;
      stage: string;
      topic?: string;
      partition?: number;
      offset?: number;
    };
    /**
     * What happened, for a person; no patient data
     */
    reason: string;
    ownerRole: string;
    /**
     * What has to be done
     */
    act: string;
    item: {
      /**
       * Event id of the message, or of the refused receipt
       */
      id: string;
      srid?: string;
      controlHash?: string;
      messageType?: string;
      segment?: string;
      field?: string;
      byte?: number;
    };
    raw?: {
      keyId: string;
      /**
       * base64
       */
      sealed: string;
    };
  }
}
export type ExceptionRaisedV1 = ExceptionRaisedV1Schema.ExceptionRaisedV1;

export namespace IdentityDecidedV1Schema {
  /**
   * One decision of identity with the facts it made true.
   */
  export interface IdentityDecidedV1 {
    intentId: string;
    intentType: string;
    seq: number;
    outcome: 'accepted' | 'unchanged' | 'rejected';
    code?: string;
    decider: {
      name: string;
      version: number;
    };
    decidedAt: string;
    facts: (
      | {
          fact: 'source-record-registered';
          srid: string;
          evidence: {
            strength: 'strong' | 'weak';
            kind: string;
            /**
             * Keyed hash of the identifier
             */
            hash: string;
          }[];
        }
      | {
          fact: 'source-record-updated';
          srid: string;
          evidence: {
            strength: 'strong' | 'weak';
            kind: string;
            hash: string;
          }[];
        }
      | {
          fact: 'link-asserted';
          srid: string;
          person: string;
          epoch: number;
          affected: string[];
          /**
           * Last link of its epoch
           */
          last: boolean;
          basis: 'own' | 'strong-identifier' | 'source-merge';
          evidence: string[];
        }
      | {
          fact: 'persons-merged';
          /**
           * person
           */
          survivor: string;
          /**
           * person
           */
          absorbed: string;
          survivorMembers: string[];
          absorbedMembers: string[];
          sourceIntentId: string;
          epoch: number;
        }
    )[];
    reads: {
      kind: string;
      id: string;
      version: number;
    }[];
  }
}
export type IdentityDecidedV1 = IdentityDecidedV1Schema.IdentityDecidedV1;

export namespace IdentityMergeObservedV1Schema {
  /**
   * A source merge accepted by the record.
   */
  export interface IdentityMergeObservedV1 {
    survivor: string;
    replaced: string;
    sourceIntentId: string;
  }
}
export type IdentityMergeObservedV1 = IdentityMergeObservedV1Schema.IdentityMergeObservedV1;

export namespace IdentityPatientObservedV1Schema {
  /**
   * A Patient accepted by the record, forwarded for linking.
   */
  export interface IdentityPatientObservedV1 {
    srid: string;
    version: number;
    patient: {
      [k: string]: unknown;
    };
  }
}
export type IdentityPatientObservedV1 = IdentityPatientObservedV1Schema.IdentityPatientObservedV1;

export namespace IdentityWatermarkV1Schema {
  /**
   * Nothing older than this is missing from the stream of links.
   */
  export interface IdentityWatermarkV1 {
    at: string;
    epoch: number;
  }
}
export type IdentityWatermarkV1 = IdentityWatermarkV1Schema.IdentityWatermarkV1;

export namespace InterfaceActivatedV1Schema {
  /**
   * From here on the interface stamps this plan.
   */
  export interface InterfaceActivatedV1 {
    interface: string;
    tenant: string;
    version: number;
    plan: string;
    contract: {
      [k: string]: unknown;
    };
  }
}
export type InterfaceActivatedV1 = InterfaceActivatedV1Schema.InterfaceActivatedV1;

export namespace InterfaceCurrentV1Schema {
  /**
   * The interface as it is now; the compacted view.
   */
  export interface InterfaceCurrentV1 {
    interface: string;
    tenant: string;
    version: number;
    plan: string;
    contract: {
      [k: string]: unknown;
    };
  }
}
export type InterfaceCurrentV1 = InterfaceCurrentV1Schema.InterfaceCurrentV1;

export namespace LinkCurrentV1Schema {
  /**
   * The person of a source record now; the compacted view for outside readers.
   */
  export interface LinkCurrentV1 {
    srid: string;
    person: string;
    epoch: number;
    affected: string[];
    last: boolean;
  }
}
export type LinkCurrentV1 = LinkCurrentV1Schema.LinkCurrentV1;

export namespace MessageReceivedV1Schema {
  /**
   * A message that the gateway took: its bytes as received and the facts of the receipt.
   */
  export interface MessageReceivedV1 {
    interface: string;
    /**
     * MSH-10, or empty
     */
    controlId: string;
    messageType: string;
    /**
     * RFC 3339
     */
    receivedAt: string;
    transport: 'mllp' | 'http' | 'file' | 'topic';
    findings: {
      /**
       * Id of the rule that found it
       */
      rule: string;
      severity: 'information' | 'warning' | 'error';
      /**
       * Span in the raw message
       */
      source?: {
        /**
         * first byte
         */
        start: number;
        /**
         * byte after the last
         */
        end: number;
      };
      /**
       * for example PID-7
       */
      sourcePath?: string;
      /**
       * FHIR path
       */
      target?: string;
      /**
       * For a person; holds no content of the message
       */
      note: string;
    }[];
    part: {
      /**
       * 1-based
       */
      n: number;
      of: number;
      /**
       * Every source record the message names, in part order; [0] of a merge is the survivor
       */
      srids: string[];
    };
    /**
     * The bytes as received, base64
     */
    raw: string;
  }
}
export type MessageReceivedV1 = MessageReceivedV1Schema.MessageReceivedV1;

export namespace MessageTranslatedV1Schema {
  /**
   * What a message says in FHIR terms, for the record to decide on.
   */
  export interface MessageTranslatedV1 {
    interface: string;
    controlId: string;
    /**
     * for example ORU^R01
     */
    messageType: string;
    effectiveTime?: string;
    part: {
      /**
       * 1-based
       */
      n: number;
      of: number;
      /**
       * Every source record the message names, in part order; [0] of a merge is the survivor
       */
      srids: string[];
    };
    resources: {
      type: string;
      id: string;
      /**
       * feed: this interface may create and overwrite; reference: create a minimal one if absent, else only check; shared: create if absent
       */
      authority: 'feed' | 'reference' | 'shared';
      /**
       * srid of the source record that the resource is about; the record itself for a Patient; empty for shared resources
       */
      subject: string;
      /**
       * RFC 3339 instant by which newer wins
       */
      effectiveTime?: string;
      /**
       * Higher is more final; a lower one never overwrites a higher one
       */
      statusRank?: number;
      /**
       * FHIR R4 resource without meta.versionId and meta.lastUpdated
       */
      resource: {
        [k: string]: unknown;
      };
    }[];
    identity?: {
      class: 'merge' | 'move' | 'change-of-id' | 'link' | 'unlink';
      trigger: string;
      /**
       * srid
       */
      survivor: string;
      /**
       * srid
       */
      replaced: string;
    };
    findings: {
      /**
       * Id of the rule that found it
       */
      rule: string;
      severity: 'information' | 'warning' | 'error';
      /**
       * Span in the raw message
       */
      source?: {
        /**
         * first byte
         */
        start: number;
        /**
         * byte after the last
         */
        end: number;
      };
      /**
       * for example PID-7
       */
      sourcePath?: string;
      /**
       * FHIR path
       */
      target?: string;
      /**
       * For a person; holds no content of the message
       */
      note: string;
    }[];
    leaves: {
      total: number;
      mapped: number;
      ignored: number;
      reported: {
        path: string;
        start: number;
        end: number;
      }[];
    };
    /**
     * Ids of the rules that were used
     */
    rules: string[];
  }
}
export type MessageTranslatedV1 = MessageTranslatedV1Schema.MessageTranslatedV1;

export namespace PlanPublishedV1Schema {
  /**
   * Everything that treats a message, under its hash; never removed.
   */
  export interface PlanPublishedV1 {
    hash: string;
    content: {
      [k: string]: unknown;
    };
  }
}
export type PlanPublishedV1 = PlanPublishedV1Schema.PlanPublishedV1;

export namespace PolicySetPublishedV1Schema {
  /**
   * A set of access policies in force from its position.
   */
  export interface PolicySetPublishedV1 {
    policySet: string;
    hash: string;
    rules: string[];
  }
}
export type PolicySetPublishedV1 = PolicySetPublishedV1Schema.PolicySetPublishedV1;

export namespace RecordsBundleSubmittedV1Schema {
  /**
   * A translated message, forwarded into the record's own log.
   */
  export interface RecordsBundleSubmittedV1 {
    interface: string;
    controlId: string;
    /**
     * for example ORU^R01
     */
    messageType: string;
    effectiveTime?: string;
    part: {
      /**
       * 1-based
       */
      n: number;
      of: number;
      /**
       * Every source record the message names, in part order; [0] of a merge is the survivor
       */
      srids: string[];
    };
    resources: {
      type: string;
      id: string;
      /**
       * feed: this interface may create and overwrite; reference: create a minimal one if absent, else only check; shared: create if absent
       */
      authority: 'feed' | 'reference' | 'shared';
      /**
       * srid of the source record that the resource is about; the record itself for a Patient; empty for shared resources
       */
      subject: string;
      /**
       * RFC 3339 instant by which newer wins
       */
      effectiveTime?: string;
      /**
       * Higher is more final; a lower one never overwrites a higher one
       */
      statusRank?: number;
      /**
       * FHIR R4 resource without meta.versionId and meta.lastUpdated
       */
      resource: {
        [k: string]: unknown;
      };
    }[];
    identity?: {
      class: 'merge' | 'move' | 'change-of-id' | 'link' | 'unlink';
      trigger: string;
      /**
       * srid
       */
      survivor: string;
      /**
       * srid
       */
      replaced: string;
    };
    findings: {
      /**
       * Id of the rule that found it
       */
      rule: string;
      severity: 'information' | 'warning' | 'error';
      /**
       * Span in the raw message
       */
      source?: {
        /**
         * first byte
         */
        start: number;
        /**
         * byte after the last
         */
        end: number;
      };
      /**
       * for example PID-7
       */
      sourcePath?: string;
      /**
       * FHIR path
       */
      target?: string;
      /**
       * For a person; holds no content of the message
       */
      note: string;
    }[];
    leaves: {
      total: number;
      mapped: number;
      ignored: number;
      reported: {
        path: string;
        start: number;
        end: number;
      }[];
    };
    /**
     * Ids of the rules that were used
     */
    rules: string[];
  }
}
export type RecordsBundleSubmittedV1 = RecordsBundleSubmittedV1Schema.RecordsBundleSubmittedV1;

export namespace RecordsDecidedV1Schema {
  /**
   * One decision of the record, published once, with its full result.
   */
  export interface RecordsDecidedV1 {
    intentId: string;
    intentType: string;
    /**
     * Order within the shard
     */
    seq: number;
    outcome: 'accepted' | 'unchanged' | 'rejected' | 'incomplete';
    code?: string;
    reason?: string;
    decider: {
      name: string;
      version: number;
    };
    /**
     * Append time of the intent, RFC 3339
     */
    decidedAt: string;
    interface?: string;
    messageType?: string;
    results: {
      type: string;
      id: string;
      /**
       * 0 when nothing is stored
       */
      version: number;
      action: 'created' | 'updated' | 'unchanged' | 'refused';
      subject: string;
      code?: string;
      note?: string;
      /**
       * RFC 3339 instant by which newer wins, as it stands after this decision
       */
      effectiveTime?: string;
      /**
       * How final the version is; a lower one never overwrites it
       */
      statusRank?: number;
      bodyHash: string;
      /**
       * Present when a version was written
       */
      body?: {
        [k: string]: unknown;
      };
    }[];
    reads: {
      type: string;
      id: string;
      version: number;
    }[];
    merge?: {
      survivor: string;
      replaced: string;
    };
  }
}
export type RecordsDecidedV1 = RecordsDecidedV1Schema.RecordsDecidedV1;

export namespace RecordsWriteRequestedV1Schema {
  /**
   * A write through the FHIR API.
   */
  export interface RecordsWriteRequestedV1 {
    interaction: 'create' | 'update';
    type: string;
    id?: string;
    resource: {
      [k: string]: unknown;
    };
    /**
     * Version the client saw
     */
    ifMatch?: number;
    actor: {
      sub: string;
      roles: string[];
    };
    purpose: string;
  }
}
export type RecordsWriteRequestedV1 = RecordsWriteRequestedV1Schema.RecordsWriteRequestedV1;

export namespace ShardMapPublishedV1Schema {
  /**
   * Which shard a tenant lives in.
   */
  export interface ShardMapPublishedV1 {
    shards: {
      [k: string]: number;
    };
  }
}
export type ShardMapPublishedV1 = ShardMapPublishedV1Schema.ShardMapPublishedV1;

export namespace TimerFiredV1Schema {
  /**
   * A due time was reached.
   */
  export interface TimerFiredV1 {
    caseId: string;
    timer: string;
    dueAt: string;
    timerSeq: number;
  }
}
export type TimerFiredV1 = TimerFiredV1Schema.TimerFiredV1;

export namespace TopicCreatedV1Schema {
  /**
   * A topic came to be; its epoch tells it from a later topic of the same name.
   */
  export interface TopicCreatedV1 {
    topic: string;
    epoch: string;
    partitions: number;
  }
}
export type TopicCreatedV1 = TopicCreatedV1Schema.TopicCreatedV1;

export namespace WorkflowCauseObservedV1Schema {
  /**
   * Something that may open or cancel work.
   */
  export interface WorkflowCauseObservedV1 {
    cause: 'registration' | 'exception';
    causeEventId: string;
    srid?: string;
    interface?: string;
    messageType?: string;
    exception?: {
      service: string;
      code: string;
      category: string;
      group: string;
      ownerRole: string;
      act: string;
      itemId: string;
      position?: string;
      controlHash?: string;
      single: boolean;
    };
  }
}
export type WorkflowCauseObservedV1 = WorkflowCauseObservedV1Schema.WorkflowCauseObservedV1;

export namespace WorkflowCommandRequestedV1Schema {
  /**
   * A person acts on a task.
   */
  export interface WorkflowCommandRequestedV1 {
    command: 'claim' | 'complete' | 'release';
    task: string;
    actor: {
      sub: string;
      roles: string[];
    };
    ifMatch?: number;
    note?: string;
  }
}
export type WorkflowCommandRequestedV1 = WorkflowCommandRequestedV1Schema.WorkflowCommandRequestedV1;

export namespace WorkflowDecidedV1Schema {
  /**
   * One decision of workflow with the facts it made true.
   */
  export interface WorkflowDecidedV1 {
    intentId: string;
    intentType: string;
    seq: number;
    outcome: 'accepted' | 'unchanged' | 'rejected';
    code?: string;
    reason?: string;
    decider: {
      name: string;
      version: number;
    };
    decidedAt: string;
    facts: (
      | {
          fact: 'case-opened';
          caseId: string;
          definition: string;
          definitionHash: string;
          key: string;
          srid?: string;
          interface?: string;
          causeEventId: string;
        }
      | {
          fact: 'case-counted';
          caseId: string;
          /**
           * Items of the grouped case
           */
          count: number;
          itemId: string;
        }
      | {
          fact: 'task-created';
          task: string;
          caseId: string;
          node: string;
          title: string;
          act: string;
          ownerRole: string;
          dueAt: string;
          srid?: string;
          interface?: string;
        }
      | {
          fact: 'task-claimed';
          task: string;
          caseId: string;
          by: string;
        }
      | {
          fact: 'task-released';
          task: string;
          caseId: string;
          by: string;
        }
      | {
          fact: 'task-completed';
          task: string;
          caseId: string;
          by: string;
          note?: string;
        }
      | {
          fact: 'task-overdue';
          task: string;
          caseId: string;
          dueAt: string;
          firedAt: string;
        }
      | {
          fact: 'timer-scheduled';
          caseId: string;
          timer: string;
          dueAt: string;
          timerSeq: number;
        }
      | {
          fact: 'timer-cancelled';
          caseId: string;
          timer: string;
          timerSeq: number;
          reason: string;
        }
      | {
          fact: 'case-closed';
          caseId: string;
          reason: string;
        }
    )[];
    reads: {
      kind: string;
      id: string;
      version: number;
    }[];
  }
}
export type WorkflowDecidedV1 = WorkflowDecidedV1Schema.WorkflowDecidedV1;

/** Payload of each event type. */
export interface EventPayloads {
  'access.recorded.v1': AccessRecordedV1;
  'consent.watermark.v1': ConsentWatermarkV1;
  'envelope.recorded.v1': EnvelopeRecordedV1;
  'exception.raised.v1': ExceptionRaisedV1;
  'identity.decided.v1': IdentityDecidedV1;
  'identity.merge-observed.v1': IdentityMergeObservedV1;
  'identity.patient-observed.v1': IdentityPatientObservedV1;
  'identity.watermark.v1': IdentityWatermarkV1;
  'interface.activated.v1': InterfaceActivatedV1;
  'interface.current.v1': InterfaceCurrentV1;
  'link.current.v1': LinkCurrentV1;
  'message.received.v1': MessageReceivedV1;
  'message.translated.v1': MessageTranslatedV1;
  'plan.published.v1': PlanPublishedV1;
  'policy-set.published.v1': PolicySetPublishedV1;
  'records.bundle-submitted.v1': RecordsBundleSubmittedV1;
  'records.decided.v1': RecordsDecidedV1;
  'records.write-requested.v1': RecordsWriteRequestedV1;
  'shard-map.published.v1': ShardMapPublishedV1;
  'timer.fired.v1': TimerFiredV1;
  'topic.created.v1': TopicCreatedV1;
  'workflow.cause-observed.v1': WorkflowCauseObservedV1;
  'workflow.command-requested.v1': WorkflowCommandRequestedV1;
  'workflow.decided.v1': WorkflowDecidedV1;
}

export type EventType = keyof EventPayloads;
