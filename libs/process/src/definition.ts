import AjvModule from 'ajv';
import canonicalize from 'canonicalize';
import { IANAZone } from 'luxon';
import { defineError, publicHash } from '@anamnesis/contracts';
import { isDuration } from './dueTime.js';
import schema from './definition.schema.json' with { type: 'json' };

/** One text for every case, or a table over a field of the cause. `{field}` in a text is filled from the cause. */
export type Choice =
  | string
  | { readonly on: string; readonly rows: Readonly<Record<string, string>>; readonly otherwise: string };

export interface TaskNode {
  readonly type: 'task';
  readonly title: Choice;
  readonly act: Choice;
  readonly ownerRole: Choice;
  /** ISO 8601 duration from the creation of the task. */
  readonly due: Choice;
  readonly next: string;
}

export interface WaitTimerNode {
  readonly type: 'wait-timer';
  readonly duration: Choice;
  readonly next: string;
}

export interface EndNode {
  readonly type: 'end';
  readonly reason: string;
}

export type ProcessNode = TaskNode | WaitTimerNode | EndNode;

export interface ProcessDefinition {
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  readonly zone: string;
  readonly trigger: { readonly cause: string; readonly key: string };
  readonly start: string;
  readonly nodes: Readonly<Record<string, ProcessNode>>;
  /** SHA-256 of the canonical JSON (RFC 8785); every case event names it. */
  readonly hash: string;
}

/** Raised when a definition cannot be run as written. */
export const definitionInvalid = defineError(
  'ANM_PROCESS_DEFINITION_INVALID',
  'stop',
  (f: { name: string; path: string; reason: string }) =>
    `Process definition ${f.name} cannot be used: ${f.path || '/'} ${f.reason}`,
);

const Ajv = AjvModule.default;
const validate = new Ajv({ strict: false }).compile(schema);

function texts(choice: Choice): string[] {
  return typeof choice === 'string' ? [choice] : [...Object.values(choice.rows), choice.otherwise];
}

/** Path and reason of the first flaw that the schema cannot see. */
function flaw({ zone, start, nodes }: Omit<ProcessDefinition, 'hash'>): [string, string] | undefined {
  if (!IANAZone.isValidZone(zone)) return ['/zone', `"${zone}" is not an IANA time zone`];
  if (!nodes[start]) return ['/start', `names the node "${start}", which does not exist`];
  const reached = new Set([start]);
  for (const name of reached) {
    const node = nodes[name];
    if (!node || node.type === 'end') continue;
    if (!nodes[node.next])
      return [`/nodes/${name}/next`, `names the node "${node.next}", which does not exist`];
    reached.add(node.next);
    const durations = texts(node.type === 'task' ? node.due : node.duration);
    const wrong = durations.find(text => !isDuration(text));
    if (wrong !== undefined) return [`/nodes/${name}`, `"${wrong}" is not an ISO 8601 duration`];
  }
  const idle = Object.keys(nodes).find(name => !reached.has(name));
  if (idle !== undefined) return [`/nodes/${idle}`, 'is never reached'];
  if (![...reached].some(name => nodes[name]?.type === 'end'))
    return ['/nodes', 'have no end that is reached'];
  return undefined;
}

/**
 * Reads a definition: schema, references between nodes, durations and zone, then its hash.
 * Raised when it cannot be run: {@link definitionInvalid}.
 */
export function parseDefinition(json: unknown): ProcessDefinition {
  const name =
    json !== null && typeof json === 'object' && 'name' in json && typeof json.name === 'string'
      ? json.name
      : 'without a name';
  if (!validate(json)) {
    const [error] = validate.errors ?? [];
    throw definitionInvalid({
      name,
      path: error?.instancePath ?? '',
      reason: error?.message ?? 'does not meet the schema',
    });
  }
  const definition = json as unknown as Omit<ProcessDefinition, 'hash'>;
  const found = flaw(definition);
  if (found) throw definitionInvalid({ name, path: found[0], reason: found[1] });
  return { ...definition, hash: publicHash(canonicalize(json) ?? '') };
}

/** Fields of a cause that texts may name. */
export type CauseFields = Readonly<Record<string, string | undefined>>;

/** The text of a choice for a cause; undefined when it names a field that the cause lacks. */
export function choose(choice: Choice, fields: CauseFields): string | undefined {
  const text =
    typeof choice === 'string'
      ? choice
      : Object.hasOwn(choice.rows, fields[choice.on] ?? '')
        ? (choice.rows[fields[choice.on] ?? ''] as string)
        : choice.otherwise;
  let complete = true;
  const filled = text.replace(/\{([A-Za-z]+)\}/g, (_, field: string) => {
    const value = fields[field];
    complete &&= value !== undefined && value !== '';
    return value ?? '';
  });
  return complete ? filled : undefined;
}
