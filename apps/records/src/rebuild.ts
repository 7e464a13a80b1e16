import { setTimeout as sleep } from 'node:timers/promises';
import { isCodedError } from '@anamnesis/contracts';
import { createContext } from '@anamnesis/service';
import { rebuildRecords, type RebuildReport } from './rebuild/rebuildRecords.js';

/**
 * `node apps/records/dist/rebuild.js --verify [--json]`, with the environment of the service: folds the published
 * decisions into a second schema and prints the content hashes of the live tables and of the rebuilt ones.
 * Ends with 1 when they differ, with 2 when it could not be done.
 */
function print(report: RebuildReport, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ projection: 'records', ...report }));
    return;
  }
  for (const [table, { live, rebuilt }] of Object.entries(report.tables)) {
    console.log(`${table.padEnd(14)} live    ${live.hash} ${live.rows} rows`);
    console.log(`${table.padEnd(14)} rebuilt ${rebuilt.hash} ${rebuilt.rows} rows`);
  }
  const rate = Math.round(report.decisions / Math.max(report.seconds, 0.001));
  console.log(
    `${report.equal ? 'equal' : 'DIFFERENT'}: ${report.decisions} decisions folded in ${report.seconds.toFixed(1)} s (${rate}/s), ${report.erased} erased`,
  );
}

async function main(argv: readonly string[]): Promise<number> {
  if (!argv.includes('--verify')) {
    console.error('Only rebuild --verify is there: it rebuilds beside the live record and compares.');
    return 2;
  }
  const context = createContext('records', process.env);
  const { pool, keysPool, keyring, inspector, writer, config, random, clock } = context;
  try {
    const report = await rebuildRecords({
      databaseUrl: config.databaseUrl,
      inspector,
      keyring,
      schema: `rebuild_${Buffer.from(random(4)).toString('hex')}`,
      clock,
      sleep,
    });
    print(report, argv.includes('--json'));
    return report.equal ? 0 : 1;
  } finally {
    await Promise.allSettled([inspector.close(), writer.close(), pool.end(), keysPool.end()]);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(isCodedError(error) ? error.message : 'The rebuild failed for a reason of ours, a defect');
  process.exitCode = 2;
}
