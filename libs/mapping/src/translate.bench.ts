// Stages of a translation on one core: node --experimental-strip-types libs/mapping/src/translate.bench.ts [seconds]
// (build first; it measures dist). Prints messages per second of each stage, cumulative from tokenising on.
import { readFileSync } from 'node:fs';
import { contentHash, derivedId } from '@anamnesis/contracts';
import { group, isHl7Error, tokenise } from '@anamnesis/hl7v2';
import { compilePlan, parseInterface, planContent, sourceRecords, translate } from '@anamnesis/mapping';
import canonicalize from 'canonicalize';

const seconds = Number(process.argv[2] ?? 2);
const read = (path: string) => readFileSync(new URL(path, import.meta.url));
const idKey = Buffer.alloc(32, 7);

function message(name: string, contractName: string) {
  const bytes = read(`./fixtures/${name}`);
  const contract = parseInterface(read(`../../../interfaces/${contractName}.yaml`).toString('utf8'));
  const plan = compilePlan(planContent(contract));
  const parsed = tokenise(bytes);
  if (isHl7Error(parsed)) throw parsed;
  const eventId = derivedId(idKey, 'event', [name]);
  const { srids } = sourceRecords(parsed, contract, idKey, eventId);
  return {
    name,
    bytes,
    contract,
    plan,
    parsed,
    args: { idKey, eventId, part: { n: 1, of: srids.length, srids } },
  };
}

function rate(work: () => unknown): number {
  const run = (ms: number) => {
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < ms) for (let i = 0; i < 50; i += 1, count += 1) work();
    return (count / (performance.now() - start)) * 1000;
  };
  run(500);
  return run(seconds * 1000);
}

for (const one of [message('oru-blood-count.hl7', 'lab-results'), message('adt-admission.hl7', 'adt-main')]) {
  const { name, bytes, contract, plan, args } = one;
  const result = translate(bytes, plan, args);
  if (!result.ok) throw new Error(`${name}: ${result.reason}`);
  const text = canonicalize(result.payload) ?? '';
  const stages: Record<string, () => unknown> = {
    tokenise: () => tokenise(bytes),
    'tokenise + leaves': () => {
      const parsed = tokenise(bytes);
      return isHl7Error(parsed) ? parsed : parsed.leafTape();
    },
    'tokenise + group': () => {
      const parsed = tokenise(bytes);
      return isHl7Error(parsed) ? parsed : group(parsed);
    },
    'tokenise + source records': () => {
      const parsed = tokenise(bytes);
      return isHl7Error(parsed) ? parsed : sourceRecords(parsed, contract, args.idKey, args.eventId);
    },
    'canonical output': () => canonicalize(result.payload),
    'output hash': () => contentHash(idKey, text),
    translate: () => translate(bytes, plan, args),
    'translate + lineage entries': () => {
      const again = translate(bytes, plan, args);
      return again.ok ? again.lineage.length : 0;
    },
  };
  console.log(
    `\n${name}: ${bytes.length} bytes in, ${text.length} characters out, ${result.payload.leaves.total} leaves, ` +
      `${result.lineage.length} lineage entries, ${result.payload.resources.length} resources`,
  );
  for (const [stage, work] of Object.entries(stages))
    console.log(`${stage.padEnd(30)} ${Math.round(rate(work)).toLocaleString('en').padStart(10)} /s`);
}
