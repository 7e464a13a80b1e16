import type { Read, ValueFunction } from './function.js';
import { headText } from './text.js';

/** Base64 of an ED without the line breaks that senders put into it. */
const base64: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth)?.replace(/\s/g, '');
  if (text === undefined) return undefined;
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
    ? text
    : run.fail('attachment/not-base64', 'Not base64.');
};

/** Text data of an ED as base64. */
const plain: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth);
  return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('base64');
};

const url: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  return /\s/.test(text) ? run.fail('attachment/not-url', 'Not a URL.') : text;
};

/** Main types of table 0191 beside the names that MIME itself uses. */
const mainTypes: Readonly<Record<string, string>> = {
  ap: 'application',
  au: 'audio',
  ft: 'text',
  im: 'image',
  ns: 'image',
  sd: 'image',
  si: 'image',
};

/** Media type from the type and subtype that an ED or RP has in two components. */
const mediaType =
  (type: number, subtype: number): Read =>
  (run, a, b, depth) => {
    const part = (number: number): string =>
      run.narrow(a, b, depth, number) ? (headText(run, run.lo, run.hi, depth + 1) ?? '').toLowerCase() : '';
    const main = part(type);
    const sub = part(subtype);
    if (sub.includes('/')) return sub;
    if (main === '' || sub === '') return undefined;
    return `${mainTypes[main] ?? main}/${sub}`.replace(/\s+/g, '');
  };

const value = (type: string, read: Read): ValueFunction => ({ kind: 'value', type, read });

export const attachmentFunctions: Readonly<Record<string, ValueFunction>> = {
  'base64[base64Binary]': value('base64Binary', base64),
  'text[base64Binary]': value('base64Binary', plain),
  'ED[code]': value('code', mediaType(2, 3)),
  'RP[code]': value('code', mediaType(3, 4)),
  'ST[url]': value('url', url),
};
