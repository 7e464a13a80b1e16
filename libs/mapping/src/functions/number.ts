import { put } from '../run/place.js';
import type { Step } from '../compile/targetPath.js';
import { MAPPED } from '../run/run.js';
import type { Fill, MapFunction, Read } from './function.js';
import { headText } from './text.js';

const numberPattern = /^([<>]=?)?\s*([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(?:[eE]([+-]?\d{1,3}))?$/;

interface Parsed {
  readonly value: number;
  readonly comparator?: string;
  /** Digits behind the point that a JSON number would lose (`7.30`). */
  readonly precision?: number;
}

/**
 * Reads `7.3`, `<5`, `>= 10`, `1,234.5`, `-2`, `.5`, `1e3`. Undefined for anything else, and for numbers that a
 * double does not hold exactly enough.
 */
export function parseNumber(text: string): Parsed | undefined {
  const match = numberPattern.exec(text);
  if (match === null) return undefined;
  const [, comparator, sign = '', whole = '', fraction = '', exponent] = match;
  const digits = whole.replaceAll(',', '');
  if (digits === '' && fraction === '') return undefined;
  if ((digits + fraction).replace('.', '').replace(/^0+/, '').length > 15) return undefined;
  const value = Number(`${sign}${digits || '0'}${fraction}${exponent === undefined ? '' : `e${exponent}`}`);
  if (!Number.isFinite(value)) return undefined;
  const loses = fraction.endsWith('0');
  return {
    value: value === 0 ? 0 : value,
    ...(comparator === undefined ? {} : { comparator }),
    ...(loses ? { precision: fraction.length - 1 } : {}),
  };
}

const decimal: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  const parsed = parseNumber(text);
  return parsed === undefined || parsed.comparator !== undefined
    ? run.fail('number/unreadable', 'Not a number.')
    : parsed.value;
};

const whole =
  (least: number): Read =>
  (run, a, b, depth) => {
    const text = headText(run, a, b, depth);
    if (text === undefined) return undefined;
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= 2_147_483_647
      ? number
      : run.fail('number/unreadable', 'Not a whole number in range.');
  };

const one = (name: string): Step => ({ name, key: name, pick: 'one' });
const quantitySteps = {
  value: [one('value')],
  comparator: [one('comparator')],
  precisionUrl: [{ name: 'extension', key: 'extension', pick: 'add' }, one('url')],
  precision: [{ name: 'extension', key: 'extension', pick: 'last' }, one('valueInteger')],
} as const;
const precisionUrl = 'http://hl7.org/fhir/StructureDefinition/quantity-precision';

/** A number with or without comparator. Trailing zeros survive as an extension: JSON numbers have none. */
const quantity: Fill = (run, frame, at, label) => {
  run.taken.length = 0;
  const text = headText(run, frame.a, frame.b, frame.depth);
  if (text === undefined) return false;
  const leaf = run.taken[0] ?? frame.a;
  const parsed = parseNumber(text);
  if (parsed === undefined) {
    run.fail('number/unreadable', 'Not a number; kept as text.', 'information');
    return false;
  }
  const write = (steps: readonly Step[], value: unknown) =>
    at.built.entries.push({
      path: put(at.node, at.path, steps, value),
      label,
      a: leaf,
      b: leaf + 1,
      more: undefined,
    });
  if (parsed.precision !== undefined) {
    write(quantitySteps.precisionUrl, precisionUrl);
    write(quantitySteps.precision, parsed.precision);
  }
  write(quantitySteps.value, parsed.value);
  if (parsed.comparator !== undefined) write(quantitySteps.comparator, parsed.comparator);
  run.mark(leaf, leaf + 1, MAPPED);
  run.use(label);
  return true;
};

export const numberFunctions: Readonly<Record<string, MapFunction>> = {
  'NM[decimal]': { kind: 'value', type: 'decimal', read: decimal },
  'NM[positiveInt]': { kind: 'value', type: 'positiveInt', read: whole(1) },
  'NM[integer]': { kind: 'value', type: 'integer', read: whole(0) },
  'NM[Quantity]': { kind: 'object', type: 'Quantity', fill: quantity },
};
