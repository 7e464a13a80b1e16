import { createContext } from '@anamnesis/service';
import { service } from './names.js';
import { rebuildIdentity } from './rebuild/rebuildIdentity.js';

const context = createContext(service, process.env);
try {
  const result = await rebuildIdentity(context);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.equal && result.complete ? 0 : 1;
} finally {
  await Promise.all([
    context.writer.close(),
    context.inspector.close(),
    context.pool.end(),
    context.keysPool.end(),
  ]);
}
