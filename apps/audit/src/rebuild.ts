import { createContext } from '@anamnesis/service';
import { auditProjections } from './projections/projections.js';
import { rebuildProjection } from './rebuild/rebuildProjection.js';

/**
 * `node apps/audit/dist/rebuild.js [--verify] [projection…]`: folds projections again from the log into a second
 * schema up to the live cursors, prints one line of JSON per table with the content hash of both, and ends with 1
 * when one differs. The live tables are never touched.
 */
async function main(argv: readonly string[]): Promise<boolean> {
  const named = argv.filter(word => !word.startsWith('--'));
  const unknown = named.filter(name => !auditProjections.some(projection => projection.name === name));
  if (unknown.length > 0) {
    const known = auditProjections.map(projection => projection.name).join(', ');
    process.stderr.write(`audit has no projection ${unknown.join(', ')}: name one of ${known}.\n`);
    return false;
  }
  const context = createContext('audit', process.env);
  try {
    await context.governance.refresh();
    let equal = true;
    for (const projection of auditProjections) {
      if (named.length > 0 && !named.includes(projection.name)) continue;
      const startedAt = context.clock();
      const tables = await rebuildProjection(projection, {
        url: context.config.databaseUrl,
        inspector: context.inspector,
        keyring: context.keyring,
        epochOf: topic => context.governance.epochOf(topic),
      });
      const durationMs = context.clock() - startedAt;
      for (const table of tables) {
        equal &&= table.equal;
        process.stdout.write(`${JSON.stringify({ projection: projection.name, ...table, durationMs })}\n`);
      }
    }
    return equal;
  } finally {
    await Promise.all([
      context.inspector.close(),
      context.writer.close(),
      context.pool.end(),
      context.keysPool.end(),
    ]);
  }
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
