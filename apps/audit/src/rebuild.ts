import { isCodedError } from '@anamnesis/contracts';
import { createContext } from '@anamnesis/service';
import { auditProjections } from './projections/projections.js';
import { rebuildProjection, type RebuildReport } from './rebuild/rebuildProjection.js';

/**
 * `node apps/audit/dist/rebuild.js --verify [--json] [projection…]`, with the environment of the service: folds
 * projections again from the log into a second schema up to the live cursors and prints the content hashes of the live
 * tables and of the rebuilt ones. The live tables are never touched. With `--json` one object per projection and line.
 * Ends with 1 when one differs, with 2 when it could not be done.
 */
function print(report: RebuildReport, seconds: number, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...report, seconds }));
    return;
  }
  for (const [table, { live, rebuilt }] of Object.entries(report.tables)) {
    console.log(`${table.padEnd(16)} live    ${live.hash} ${live.rows} rows`);
    console.log(`${table.padEnd(16)} rebuilt ${rebuilt.hash} ${rebuilt.rows} rows`);
  }
  console.log(`${report.equal ? 'equal' : 'DIFFERENT'}: ${report.projection} in ${seconds.toFixed(1)} s`);
}

async function main(argv: readonly string[]): Promise<number> {
  if (!argv.includes('--verify')) {
    console.error('Only rebuild --verify is there: it rebuilds beside the live projection and compares.');
    return 2;
  }
  const named = argv.filter(word => !word.startsWith('--'));
  const unknown = named.filter(name => !auditProjections.some(projection => projection.name === name));
  if (unknown.length > 0) {
    const known = auditProjections.map(projection => projection.name).join(', ');
    console.error(`audit has no projection ${unknown.join(', ')}: name one of ${known}.`);
    return 2;
  }
  const context = createContext('audit', process.env);
  const { governance, config, inspector, keyring, clock } = context;
  try {
    await governance.refresh();
    let equal = true;
    for (const projection of auditProjections) {
      if (named.length > 0 && !named.includes(projection.name)) continue;
      const from = clock();
      const report = await rebuildProjection(projection, {
        url: config.databaseUrl,
        inspector,
        keyring,
        epochOf: topic => governance.epochOf(topic),
      });
      print(report, (clock() - from) / 1_000, argv.includes('--json'));
      equal &&= report.equal;
    }
    return equal ? 0 : 1;
  } finally {
    const { writer, pool, keysPool } = context;
    await Promise.allSettled([inspector.close(), writer.close(), pool.end(), keysPool.end()]);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(isCodedError(error) ? error.message : 'The rebuild failed for a reason of ours, a defect');
  process.exitCode = 2;
}
