import { createContext } from '@anamnesis/service';
import { service } from './names.js';
import { rebuildWorkflow } from './rebuild/rebuildWorkflow.js';

const context = createContext(service, process.env);
try {
  const result = await rebuildWorkflow(context);
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
