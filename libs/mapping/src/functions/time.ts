import type { Run } from '../run/run.js';
import type { Read, ValueFunction } from './function.js';
import { headText } from './text.js';
import { formatDate, formatDateTime, offsetOf, parseTimestamp, type Timestamp } from './timestamp.js';

function timestamp(run: Run, a: number, b: number, depth: number): Timestamp | undefined {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  return parseTimestamp(text) ?? run.fail('time/unreadable', 'Not a date or time of HL7 v2.');
}

function zoned(run: Run, t: Timestamp): string {
  const { minutes, kind } = offsetOf(t, run.messageOffset, run.plan.zone);
  if (t.hour !== undefined) {
    if (kind === 'gap')
      run.remark(
        'time/dst-gap',
        'The clocks skipped this local time; read with the offset before.',
        'warning',
      );
    if (kind === 'overlap')
      run.remark('time/dst-overlap', 'This local time happened twice; read as the first.', 'warning');
    if (t.hour === 24) run.remark('time/hour-24', 'Hour 24 is written as hour 0 of the next day.');
  }
  return formatDateTime(t, minutes);
}

const date: Read = (run, a, b, depth) => {
  const t = timestamp(run, a, b, depth);
  return t === undefined ? undefined : formatDate(t);
};

/** Messages repeat their few timestamps often, so those read without a remark are remembered. */
const dateTime: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  const known = run.dateTimes.get(text);
  if (known !== undefined) return known;
  const t = parseTimestamp(text);
  if (t === undefined) return run.fail('time/unreadable', 'Not a date or time of HL7 v2.');
  const value = zoned(run, t);
  if (run.remarks.length === 0) run.dateTimes.set(text, value);
  return value;
};

const instant: Read = (run, a, b, depth) => {
  const t = timestamp(run, a, b, depth);
  if (t === undefined) return undefined;
  return t.hour === undefined ? run.fail('time/precision', 'An instant needs a time of day.') : zoned(run, t);
};

/** TM: `HH[MM[SS[.S…]]]`; an offset has no place in a FHIR time. */
const time: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  const match = /^([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d)(\.\d{1,9})?)?)?([+-]\d{4})?$/.exec(text);
  if (match === null) return run.fail('time/unreadable', 'Not a time of HL7 v2.');
  if (match[5] !== undefined) run.remark('time/offset-dropped', 'A FHIR time has no offset.', 'warning');
  return `${match[1]}:${match[2] ?? '00'}:${match[3] ?? '00'}${match[4] ?? ''}`;
};

const value = (type: string, read: Read): ValueFunction => ({ kind: 'value', type, read });

export const timeFunctions: Readonly<Record<string, ValueFunction>> = {
  'DTM[date]': value('date', date),
  'DTM[dateTime]': value('dateTime', dateTime),
  'DTM[instant]': value('instant', instant),
  'TM[time]': value('time', time),
};
