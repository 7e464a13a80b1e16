import { bodyHashOf, withServerMeta } from './content.js';
import { carried, type CarriedStatement, type Statement } from './guard.js';
import {
  keyOf,
  type DecidedRead,
  type DecidedResult,
  type DecisionContext,
  type RecordsState,
  type Resource,
  type StoredResource,
} from './types.js';

/** What a decision is about to make of one resource; at most one new version comes of it. */
export interface Draft {
  readonly type: string;
  readonly id: string;
  readonly subject: string;
  readonly stored: StoredResource | undefined;
  /** New content; absent while the stored version stands. */
  content?: Resource;
  statement: Statement;
  /** Why the stored version stands. */
  code?: string;
}

/** The drafts of one decision. Nothing reaches the state before the decision is made as a whole. */
export interface Drafts {
  /** What is stored; the decision records that it looked. */
  stored(type: string, id: string): StoredResource | undefined;
  /** The resource as this decision would leave it so far. */
  seen(type: string, id: string): StoredResource | undefined;
  write(type: string, id: string, subject: string, content: Resource, statement: Statement): void;
  keep(type: string, id: string, subject: string, code: string): void;
  results(source: string): DecidedResult[];
  /** Every draft as refused: nothing of the message is filed. */
  refused(codes: ReadonlyMap<string, string>): DecidedResult[];
  reads(): DecidedRead[];
}

function resultOf(draft: Draft, source: string, context: DecisionContext): DecidedResult {
  const { type, id, subject, stored, content, statement } = draft;
  const base = { type, id, subject };
  const unchanged = (code: string, confirmed: CarriedStatement = {}): DecidedResult => ({
    ...base,
    version: stored?.version ?? 0,
    action: 'unchanged',
    code,
    ...confirmed,
    bodyHash: stored?.bodyHash ?? '',
  });
  if (content === undefined) return unchanged(draft.code ?? 'same-content');
  const bodyHash = bodyHashOf(context.idKey, content);
  if (stored && bodyHash === stored.bodyHash) {
    const confirmed =
      statement.effective !== undefined && statement.effective > (stored.effective ?? -Infinity);
    return confirmed ? unchanged('confirmed', carried(statement)) : unchanged('same-content');
  }
  const version = (stored?.version ?? 0) + 1;
  return {
    ...base,
    version,
    action: stored ? 'updated' : 'created',
    ...carried(statement),
    bodyHash,
    body: withServerMeta(content, { version, time: context.time, source }) as Record<string, unknown>,
  };
}

export function createDrafts(state: RecordsState, context: DecisionContext): Drafts {
  const drafts = new Map<string, Draft>();
  const looked = new Map<string, DecidedRead>();

  const stored = (type: string, id: string): StoredResource | undefined => {
    const key = keyOf(context.tenant, type, id);
    const found = state.current.get(key);
    looked.set(key, { type, id, version: found?.version ?? 0 });
    return found;
  };
  const draftOf = (type: string, id: string, subject: string): Draft => {
    const key = keyOf(context.tenant, type, id);
    let draft = drafts.get(key);
    if (!draft) {
      draft = { type, id, subject, stored: stored(type, id), statement: {} };
      drafts.set(key, draft);
    }
    return draft;
  };

  return {
    stored,
    seen(type, id) {
      const found = stored(type, id);
      const draft = drafts.get(keyOf(context.tenant, type, id));
      if (!draft?.content) return found;
      return {
        ...(found ?? { version: 0, seq: context.seq, born: context.seq, bodyHash: '' }),
        tenant: context.tenant,
        type,
        id,
        subject: draft.subject,
        effective: draft.statement.effective,
        rank: draft.statement.rank,
        body: draft.content,
      };
    },
    write(type, id, subject, content, statement) {
      const draft = draftOf(type, id, subject);
      draft.content = content;
      draft.statement = statement;
    },
    keep(type, id, subject, code) {
      draftOf(type, id, subject).code = code;
    },
    results: source => [...drafts.values()].map(draft => resultOf(draft, source, context)),
    refused: codes =>
      [...drafts.values()].map(({ type, id, subject, stored: before }) => ({
        type,
        id,
        version: before?.version ?? 0,
        action: 'refused',
        subject,
        code: codes.get(keyOf(context.tenant, type, id)) ?? 'not-filed',
        bodyHash: before?.bodyHash ?? '',
      })),
    reads: () => [...looked.values()],
  };
}
