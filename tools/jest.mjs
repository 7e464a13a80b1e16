// Runs Jest for one tier or one folder: `node tools/jest.mjs [--tier unit|int|e2e|chaos] [path…] [-- jest options]`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tiers = {
  unit: '(?<!\\.(int|e2e|chaos))\\.spec\\.ts$',
  int: '\\.int\\.spec\\.ts$',
  e2e: '\\.e2e\\.spec\\.ts$',
  chaos: '\\.chaos\\.spec\\.ts$',
};
const root = fileURLToPath(new URL('..', import.meta.url));
const argv = process.argv.slice(2);
const paths = [];
const options = [];
let tier;
for (let i = 0; i < argv.length; i += 1) {
  if (argv[i] === '--tier') tier = argv[(i += 1)];
  else if (argv[i]?.startsWith('-')) options.push(argv[i]);
  else paths.push(argv[i]);
}
if (tier !== undefined && tiers[tier] === undefined) {
  console.error(`Unknown test tier "${tier}": use one of ${Object.keys(tiers).join(', ')}.`);
  process.exit(2);
}
const args = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--maxWorkers=2',
  ...options,
];
if (tier) args.push(`--testRegex=${tiers[tier]}`);
if (paths.length > 0) args.push('--runTestsByPath=false', ...paths);
const run = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
