// Stages of a translation on one core: `node --experimental-strip-types libs/mapping/src/translate.bench.ts` after a
// build. Processor time, not wall time: the figure is per core even where others use the machine. The loop yields as a
// service does between batches, or the collector never finishes its marking.
import { readFileSync } from 'node:fs';
import { contentHash, derivedId } from '@anamnesis/contracts';
import { group, isHl7Error, tokenise } from '@anamnesis/hl7v2';
import { validateResource } from '@anamnesis/fhir';
import type * as Source from './index.js';

// What is measured is what is shipped: the build's output, which has no declarations of its own.
const shipped = new URL('../dist/index.js', import.meta.url).href;
const { compilePlan, parseInterface, planContent, sourceRecords, translate } = (await import(
  shipped
)) as typeof Source;

const idKey = Buffer.alloc(32, 7);
const batch = 50;
const read = (path: string) => readFileSync(new URL(path, import.meta.url));

function parse(bytes: Uint8Array) {
  const message = tokenise(bytes);
  if (isHl7Error(message)) throw message;
  return message;
}

async function measure(label: string, work: () => unknown): Promise<void> {
  const turn = () => new Promise(resolve => setImmediate(resolve));
  const run = async (seconds: number) => {
    const began = process.cpuUsage();
    let count = 0;
    let used = 0;
    while (used < seconds) {
      for (let i = 0; i < batch; i += 1) work();
      count += batch;
      await turn();
      const { user, system } = process.cpuUsage(began);
      used = (user + system) / 1e6;
    }
    return count / used;
  };
  await run(1);
  const rate = await run(3);
  console.log(
    `${label.padEnd(32)} ${Math.round(rate).toString().padStart(9)}/s ${(1e6 / rate).toFixed(1).padStart(8)} us`,
  );
}

for (const [name, contractName] of [
  ['oru-blood-count.hl7', 'lab-results'],
  ['adt-admission.hl7', 'adt-main'],
] as const) {
  const bytes = read(`./fixtures/${name}`);
  const contract = parseInterface(read(`../../../interfaces/${contractName}.yaml`).toString('utf8'));
  const plan = compilePlan(planContent(contract));
  const eventId = derivedId(idKey, 'event', [name]);
  const { srids } = sourceRecords(parse(bytes), contract, idKey, eventId);
  const args = { idKey, eventId, part: { n: 1, of: srids.length, srids } };
  const result = translate(bytes, plan, args);
  if (!result.ok) throw new Error(`${name}: ${result.reason}`);
  const { payload, lineage } = result;
  const text = JSON.stringify(payload);
  console.log(
    `\n${name}, ${bytes.length} bytes: ${payload.leaves.total} leaves, ${payload.resources.length} resources, ` +
      `${lineage.length} lineage entries, payload of ${text.length} characters; Node ${process.version}`,
  );
  await measure('translate', () => translate(bytes, plan, args));
  await measure('tokenise', () => tokenise(bytes));
  await measure('tokenise, leaves', () => parse(bytes).leafTape());
  await measure('tokenise, group', () => group(parse(bytes)));
  await measure('tokenise, source records', () => sourceRecords(parse(bytes), contract, idKey, eventId));
  await measure('payload as JSON', () => JSON.stringify(payload));
  await measure('hash of the payload', () => contentHash(idKey, text));
  await measure('translate, lineage entries', () => {
    const again = translate(bytes, plan, args);
    return again.ok ? again.lineage.length : 0;
  });
  await measure('validation (tests only)', () =>
    payload.resources.map(one => validateResource(one.resource)),
  );
}
