import { unescape } from '@anamnesis/hl7v2';
import { authorityOf, universalUri } from '../interface/authority.js';
import { cleaned } from './cleanText.js';
import type { Run } from '../run/run.js';
import type { Read, ValueFunction } from './function.js';

/** Text of the first leaf, trimmed; undefined when nothing was sent. Takes the leaf. */
export function headText(run: Run, a: number, b: number, depth: number): string | undefined {
  const leaf = run.head(a, b, depth);
  if (leaf < 0) return undefined;
  const text = cleaned(run, run.text(leaf).trim());
  if (text !== undefined) run.taken.push(leaf);
  return text;
}

const string: Read = headText;

/** All of a field: unescaped delimiters stay as sent, repetitions become lines. */
const formatted: Read = (run, a, b) => {
  const { message } = run;
  const lines: string[] = [];
  for (let at = a; at < b; at = run.repetitionEnd(at, b)) {
    const end = run.repetitionEnd(at, b);
    if (end - at === 1 && run.isNull(at)) continue;
    const span = message.fieldSpan(run.segment(at), run.field(at), run.repetition(at));
    lines.push(unescape(message.rawText(span.start, span.end), message.delimiters, message.charset));
    for (let leaf = at; leaf < end; leaf += 1) run.taken.push(leaf);
  }
  return cleaned(run, lines.join('\n').trimEnd());
};

function designator(run: Run, a: number, b: number, depth: number) {
  const part = (number: number): string => {
    if (!run.narrow(a, b, depth, number)) return '';
    return run.isNull(run.lo) ? '' : run.text(run.lo).trim();
  };
  return { namespace: part(1), universalId: part(2), universalIdType: part(3) };
}

/** Canonical URI by the contract, else what the universal id says of itself. */
const authorityUri: Read = (run, a, b, depth) => {
  const hd = designator(run, a, b, depth);
  if (hd.namespace === '' && hd.universalId === '') return undefined;
  const uri = authorityOf(run.plan.interface, hd)?.uri ?? universalUri(hd);
  if (uri !== undefined) for (let leaf = a; leaf < b; leaf += 1) run.taken.push(leaf);
  return uri;
};

/** A name for people: the namespace, else the universal id. */
const authorityName: Read = (run, a, b, depth) => {
  const number = run.narrow(a, b, depth, 1) && run.text(run.lo).trim() !== '' ? 1 : 2;
  if (!run.narrow(a, b, depth, number)) return undefined;
  const text = run.text(run.lo).trim();
  if (text === '') return undefined;
  for (let leaf = a; leaf < b; leaf += 1) run.taken.push(leaf);
  return cleaned(run, text);
};

/** The authority parts of an EI: components 2 to 4 mean what those of an HD mean. */
function entityDesignator(run: Run, a: number, b: number, depth: number) {
  const leaves: number[] = [];
  const part = (number: number): string => {
    if (!run.narrow(a, b, depth, number) || run.isNull(run.lo)) return '';
    leaves.push(run.lo);
    return run.text(run.lo).trim();
  };
  return { hd: { namespace: part(2), universalId: part(3), universalIdType: part(4) }, leaves };
}

const entityUri: Read = (run, a, b, depth) => {
  const { hd, leaves } = entityDesignator(run, a, b, depth);
  if (leaves.length === 0) return undefined;
  const uri = authorityOf(run.plan.interface, hd)?.uri ?? universalUri(hd);
  if (uri !== undefined) run.taken.push(...leaves);
  return uri;
};

const entityName: Read = (run, a, b, depth) => {
  const { hd, leaves } = entityDesignator(run, a, b, depth);
  const text = hd.namespace === '' ? hd.universalId : hd.namespace;
  if (text === '') return undefined;
  run.taken.push(...leaves);
  return cleaned(run, text);
};

const value = (type: string, read: Read): ValueFunction => ({ kind: 'value', type, read });

export const textFunctions: Readonly<Record<string, ValueFunction>> = {
  'ST[string]': value('string', string),
  'FT[string]': { kind: 'value', type: 'string', wholeField: true, read: formatted },
  'HD[uri]': value('uri', authorityUri),
  'EI[uri]': value('uri', entityUri),
  'EI[string]': value('string', entityName),
  'HD[string]': value('string', authorityName),
};
