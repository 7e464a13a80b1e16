import { contentHash, type MessageTranslatedV1 } from '@anamnesis/contracts';
import { group, header, isHl7Error, tokenise, type Hl7Finding } from '@anamnesis/hl7v2';
import { parseTimestamp } from '../functions/timestamp.js';
import type { LineageEntry } from '../lineage/entry.js';
import { lineageEntries, lineageText, type MessageEntry } from '../lineage/materialise.js';
import { engineRules, type CompiledMessageMap, type CompiledPlan } from '../plan/compiledPlan.js';
import { IGNORED, MAPPED, OPEN, Run } from '../run/run.js';
import { instantAt, messageTime } from './effectiveTime.js';
import { checkPart, failure } from './parts.js';
import type {
  Finding,
  TranslateArguments,
  TranslatedHeader,
  Translation,
  TranslationResult,
} from './result.js';
import { namedPatients, type NamedPatient } from './sourceRecords.js';
import { statusRank } from './statusRank.js';
import { walkMessage } from './walk.js';

const noHeader: TranslatedHeader = { controlId: '', messageType: '', processingId: '', version: '' };

/**
 * Translates one part of a message: a pure function of the bytes, the plan and the arguments. Every leaf of the
 * message ends mapped, ignored by a named rule, or reported. Nothing is thrown over content: what cannot be
 * translated as a whole comes back as a failure with a code.
 */
export function translate(
  bytes: Uint8Array,
  plan: CompiledPlan,
  args: TranslateArguments,
): TranslationResult {
  const message = tokenise(bytes, { defaultCharset: plan.interface.charset });
  if (isHl7Error(message)) {
    const byte = typeof message.facts.offset === 'number' ? { position: { byte: message.facts.offset } } : {};
    return {
      ok: false,
      code: 'undecodable',
      reason: message.message,
      findings: [],
      header: noHeader,
      ...byte,
    };
  }
  const { controlId, processingId, version, type, timestamp } = header(message);
  const messageType = type.trigger === '' ? type.code : `${type.code}^${type.trigger}`;
  const head: TranslatedHeader = { controlId, messageType, processingId, version };
  const map = plan.messages.get(messageType);
  if (map === undefined)
    return failure(
      'no-map',
      `There is no map for ${messageType || 'a message without a type'}.`,
      message,
      head,
    );
  const patients = namedPatients(message, plan.interface, args.idKey, args.eventId);
  const problem = checkPart(message, map, patients, args, head);
  if (problem !== undefined) return problem;
  const run = new Run(message, plan, parseTimestamp(timestamp.trim())?.offset);
  return finish(run, map, patients, args, head);
}

function finish(
  run: Run,
  map: CompiledMessageMap,
  patients: readonly NamedPatient[],
  { idKey, eventId, part }: TranslateArguments,
  head: TranslatedHeader,
): TranslationResult {
  const { message, plan } = run;
  const srid = part.srids[part.n - 1] ?? '';
  const grouped = group(message);
  const entries: MessageEntry[] = [];
  const time = messageTime(run, map.effective);
  if (time !== undefined) {
    entries.push({ target: 'effectiveTime', label: map.effectiveLabel, a: time.leaf, b: time.leaf + 1 });
    run.mark(time.leaf, time.leaf + 1, MAPPED);
    run.use(map.effectiveLabel);
  }
  walkMessage(
    {
      run,
      map,
      srid,
      owner: '',
      ids: { idKey, eventId, seen: new Map() },
      patients: new Map(patients.map(patient => [patient.segment, patient])),
    },
    grouped,
  );
  const identity =
    map.identity === undefined ? undefined : identityOf(run, map, patients, part.srids, entries);
  const resources = resourcesOf(run, time?.at, entries, map);
  const leaves = sweep(run);
  const rules = plan.ruleSet(run.used);
  const payload: MessageTranslatedV1 = {
    interface: plan.interface.id,
    controlId: head.controlId,
    messageType: head.messageType,
    ...(time === undefined ? {} : { effectiveTime: time.at }),
    part: { n: part.n, of: part.of, srids: [...part.srids] },
    resources,
    ...(identity === undefined ? {} : { identity }),
    findings: [...[...message.findings, ...grouped.findings].map(fromHl7), ...run.findings],
    leaves,
    rules: [...rules.names],
  };
  return new FinishedTranslation(
    run,
    entries,
    payload,
    contentHash(idKey, JSON.stringify(payload)),
    contentHash(idKey, lineageText(run, entries)),
    rules.hash,
    head,
  );
}

/**
 * A translation whose lineage is built when it is asked for. A class, because the engine hangs a getter of an object
 * literal on a hidden class of its own: every message would stay in memory until the next full collection.
 */
class FinishedTranslation implements Translation {
  readonly ok = true;
  readonly #run: Run;
  readonly #entries: readonly MessageEntry[];
  #lineage: readonly LineageEntry[] | undefined;

  constructor(
    run: Run,
    entries: readonly MessageEntry[],
    readonly payload: MessageTranslatedV1,
    readonly outputHash: string,
    readonly lineageHash: string,
    readonly ruleSetHash: string,
    readonly header: TranslatedHeader,
  ) {
    this.#run = run;
    this.#entries = entries;
  }

  get lineage(): readonly LineageEntry[] {
    return (this.#lineage ??= lineageEntries(this.#run, this.#entries));
  }
}

function resourcesOf(
  run: Run,
  time: string | undefined,
  entries: MessageEntry[],
  map: CompiledMessageMap,
): MessageTranslatedV1['resources'] {
  let reportTime = time;
  return run.built.map(({ type, id, authority, subject, resource, segment }) => {
    let effectiveTime = time;
    if (map.effective === 'report' && type !== 'Patient' && type !== 'Encounter') {
      if (type === 'DiagnosticReport') {
        const own = instantAt(run, segment, 22);
        reportTime = own?.at ?? time;
        if (own !== undefined) {
          const target = `${type}/${id}#effectiveTime`;
          entries.push({ target, label: map.effectiveLabel, a: own.leaf, b: own.leaf + 1 });
          run.mark(own.leaf, own.leaf + 1, MAPPED);
        }
      }
      effectiveTime = reportTime;
    }
    const rank = statusRank(type, resource.status);
    return {
      type,
      id,
      authority,
      subject,
      ...(effectiveTime === undefined ? {} : { effectiveTime }),
      ...(rank === undefined ? {} : { statusRank: rank }),
      resource,
    };
  });
}

function identityOf(
  run: Run,
  map: CompiledMessageMap,
  patients: readonly NamedPatient[],
  [survivor = '', replaced = '']: readonly string[],
  entries: MessageEntry[],
): NonNullable<MessageTranslatedV1['identity']> {
  for (const { segment, cx, role } of patients) {
    if (cx === undefined) continue;
    let a = run.first(segment, cx.field);
    const b = run.first(segment, cx.field + 1);
    while (a < b && run.repetition(a) !== cx.repetition) a += 1;
    const end = run.repetitionEnd(a, b);
    for (const component of [1, 4]) {
      if (!run.narrow(a, end, 1, component)) continue;
      const target = role === 'subject' ? 'identity.survivor' : 'identity.replaced';
      entries.push({ target, label: map.identityLabel, a: run.lo, b: run.hi });
      run.mark(run.lo, run.hi, MAPPED);
    }
  }
  run.use(map.identityLabel);
  return { class: 'merge', trigger: run.message.text(0, 9, 1, 2).trim(), survivor, replaced };
}

/** Counts what has become of every leaf; whatever no rule touched is reported. */
function sweep(run: Run): MessageTranslatedV1['leaves'] {
  const reported: MessageTranslatedV1['leaves']['reported'] = [];
  let mapped = 0;
  let ignored = 0;
  for (let leaf = 0; leaf < run.leafCount; leaf += 1) {
    if (run.states[leaf] === OPEN && !run.isNull(leaf) && run.text(leaf).trim() === '') {
      run.states[leaf] = IGNORED;
      run.used[engineRules.blank] = 1;
    }
    const state = run.states[leaf];
    if (state === MAPPED) mapped += 1;
    else if (state === IGNORED) ignored += 1;
    else reported.push({ path: run.path(leaf, leaf + 1), start: run.start(leaf), end: run.end(leaf) });
  }
  return { total: run.leafCount, mapped, ignored, reported };
}

/** A finding of the HL7 library in the words of events. */
export function fromHl7({ rule, severity, span, path, note }: Hl7Finding): Finding {
  return {
    rule: `hl7v2/${rule}`,
    severity,
    ...(span === undefined ? {} : { source: { start: span.start, end: span.end } }),
    ...(path === undefined ? {} : { sourcePath: path }),
    note,
  };
}
