import { uriToken } from '../interface/authority.js';
import type { Coding } from '../rules/types.js';
import { put } from '../run/place.js';
import { MAPPED } from '../run/run.js';
import type { Step } from '../compile/targetPath.js';
import type { Fill, MapFunction, Read } from './function.js';
import { headText } from './text.js';

/** FHIR codes hold single blanks only. */
const oneBlank = (text: string): string => (/\s/.test(text) ? text.replace(/\s+/g, ' ') : text);

/** A code, through the table when the rule names one. */
const code: Read = (run, a, b, depth, table) => {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  if (table === undefined) return oneBlank(text);
  const entry = table.codes.get(text) ?? table.codes.get(text.toUpperCase());
  if (entry !== undefined) return entry.code;
  if (table.default === undefined)
    return run.fail('code/unmapped', `The code is not in table ${table.name}.`);
  run.remark('code/unmapped', `The code is not in table ${table.name}; its default was taken.`, 'warning');
  return table.default.code;
};

const yesNo: Read = (run, a, b, depth) => {
  const text = headText(run, a, b, depth)?.toUpperCase();
  if (text === undefined) return undefined;
  if (text === 'Y' || text === 'N') return text === 'Y';
  return run.fail('code/unmapped', 'Neither Y nor N.');
};

/** Coding system by its name in table 0396, by its URI or object id, else a URN of the sender's own name. */
const system: Read = (run, a, b, depth, table) => {
  const text = headText(run, a, b, depth);
  if (text === undefined) return undefined;
  const listed = table?.codes.get(text) ?? table?.codes.get(text.toUpperCase());
  return listed?.code ?? systems.get(text) ?? remember(text, systemOf(text));
};

/** Systems that no table lists, by the name that senders gave them; names recur with every message. */
const systems = new Map<string, string>();
const mostSystems = 1000;

function remember(name: string, uri: string): string {
  if (systems.size >= mostSystems) systems.clear();
  systems.set(name, uri);
  return uri;
}

function systemOf(name: string): string {
  const v2 = /^HL7(\d{4})$/i.exec(name);
  if (v2) return `http://terminology.hl7.org/CodeSystem/v2-${v2[1]}`;
  if (/^[0-2](\.(0|[1-9]\d*)){2,}$/.test(name)) return `urn:oid:${name}`;
  if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(name)) return name;
  return `urn:anamnesis:code-system:${uriToken(name)}`;
}

const step = (name: string): readonly Step[] => [{ name, key: name, pick: 'one' }];
const steps = { system: step('system'), code: step('code'), display: step('display') };

/** A coded field whose coding system is the field's own table: the table's coding, else the code as sent. */
const coding: Fill = (run, frame, at, label, table) => {
  run.taken.length = 0;
  const text = headText(run, frame.a, frame.b, frame.depth);
  if (text === undefined || table === undefined) return false;
  const leaf = run.taken[0] ?? frame.a;
  const known = table.codes.get(text) ?? table.codes.get(text.toUpperCase());
  const found: Coding = known ?? {
    code: oneBlank(text),
    ...(table.system === undefined ? {} : { system: table.system }),
  };
  if (known === undefined)
    run.find(
      { rule: 'code/unmapped', severity: 'information', note: `The code is not in table ${table.name}.` },
      leaf,
      leaf + 1,
      `${at.built.type}/${at.built.id}${at.path}`,
    );
  for (const key of ['system', 'code', 'display'] as const) {
    const part = found[key];
    if (part !== undefined)
      at.built.entries.push({
        path: put(at.node, at.path, steps[key], part),
        label,
        a: leaf,
        b: leaf + 1,
        more: undefined,
      });
  }
  run.mark(leaf, leaf + 1, MAPPED);
  run.use(label);
  return true;
};

export const codeFunctions: Readonly<Record<string, MapFunction>> = {
  'ID[code]': { kind: 'value', type: 'code', read: code },
  'ID[boolean]': { kind: 'value', type: 'boolean', read: yesNo },
  'ID[uri]': { kind: 'value', type: 'uri', read: system },
  'ID[Coding]': { kind: 'object', type: 'Coding', fill: coding },
};
