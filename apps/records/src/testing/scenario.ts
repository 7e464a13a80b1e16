import type { RecordsBundleSubmittedV1, RecordsWriteRequestedV1 } from '@anamnesis/contracts';
import { decideBundle } from '../decide/bundle.js';
import { changesOf, evolve } from '../decide/evolve.js';
import {
  emptyState,
  keyOf,
  type DecidedResult,
  type Decision,
  type DecisionContext,
  type RecordsState,
  type StoredResource,
} from '../decide/types.js';
import { decideWrite } from '../decide/write.js';

/** Given / when / then over the record's decider, for tests: intents in, decisions and state out. */

export const idKey = Buffer.alloc(32, 7);
export const tenant = 'demo';
export const eve = 'eve'.padEnd(32, 'a');
export const adam = 'adam'.padEnd(32, 'a');

type Bundle = RecordsBundleSubmittedV1;
type ResourceIntent = Bundle['resources'][number];

export interface Intent {
  readonly bundle?: Bundle;
  readonly write?: RecordsWriteRequestedV1;
  readonly id: string;
  readonly correlationId: string;
}

let counter = 0;
export const nextId = (): string => `intent${(counter += 1)}`;

export function bundle(
  facts: Partial<Bundle> & { readonly resources: ResourceIntent[] },
  correlationId?: string,
): Intent {
  const id = nextId();
  return {
    id,
    correlationId: correlationId ?? id,
    bundle: {
      interface: 'adt-main',
      controlId: id,
      messageType: 'ADT^A08',
      part: { n: 1, of: 1, srids: [facts.resources[0]?.subject ?? eve] },
      findings: [],
      leaves: { total: 0, mapped: 0, ignored: 0, reported: [] },
      rules: [],
      ...facts,
    },
  };
}

export function patient(
  id: string,
  elements: Record<string, unknown> = {},
  facts: Partial<ResourceIntent> = {},
): ResourceIntent {
  return {
    type: 'Patient',
    id,
    authority: 'feed',
    subject: id,
    resource: {
      resourceType: 'Patient',
      id,
      identifier: [{ system: 'urn:oid:1.2.3', value: `mrn-${id.slice(0, 4)}` }],
      ...elements,
    },
    ...facts,
  };
}

export function observation(
  id: string,
  subject: string,
  elements: Record<string, unknown> = {},
  facts: Partial<ResourceIntent> = {},
): ResourceIntent {
  return {
    type: 'Observation',
    id,
    authority: 'feed',
    subject,
    resource: {
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
      subject: { reference: `Patient/${subject}` },
      ...elements,
    },
    ...facts,
  };
}

export function merge(survivor: string, replaced: string, n: number, correlationId: string, of = 2): Intent {
  const own = n === 1 ? survivor : replaced;
  return bundle(
    {
      messageType: 'ADT^A40',
      part: { n, of, srids: [survivor, replaced] },
      resources: [patient(own)],
      identity: { class: 'merge', trigger: 'A40', survivor, replaced },
    },
    correlationId,
  );
}

export function write(facts: Partial<RecordsWriteRequestedV1> & { readonly type: string }): Intent {
  const id = nextId();
  return {
    id,
    correlationId: id,
    write: {
      interaction: 'create',
      resource: { resourceType: facts.type },
      actor: { sub: 'nora', roles: ['clinician'] },
      purpose: 'TREAT',
      ...facts,
    },
  };
}

export interface Scenario {
  readonly state: RecordsState;
  /** Decides in order; answers the last decision. */
  when(...intents: readonly Intent[]): Decision;
  stored(type: string, id: string): StoredResource | undefined;
  decisions: Decision[];
}

export function given(...intents: readonly Intent[]): Scenario {
  const state = emptyState();
  let seq = 0;
  const scenario: Scenario = {
    state,
    decisions: [],
    when(...next) {
      for (const intent of next) {
        seq += 1;
        const context: DecisionContext = {
          tenant,
          idKey,
          intentId: intent.id,
          correlationId: intent.correlationId,
          seq,
          appended: Date.UTC(2026, 0, 1) + seq * 1_000,
          time: Date.UTC(2026, 0, 1) + seq * 1_000,
        };
        const decision = intent.bundle
          ? decideBundle(state, intent.bundle, context)
          : decideWrite(state, intent.write as RecordsWriteRequestedV1, context);
        evolve(
          state,
          changesOf(decision.decided, {
            tenant,
            correlationId: intent.correlationId,
            part: decision.part,
          }),
        );
        scenario.decisions.push(decision);
      }
      return scenario.decisions.at(-1) as Decision;
    },
    stored: (type, id) => state.current.get(keyOf(tenant, type, id)),
  };
  if (intents.length > 0) scenario.when(...intents);
  return scenario;
}

/** The result about one resource. */
export function resultOf(decision: Decision, type: string, id?: string): DecidedResult | undefined {
  return decision.decided.results.find(r => r.type === type && (id === undefined || r.id === id));
}
