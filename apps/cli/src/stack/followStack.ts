import { followLogs, sizeOf, tailFrom } from './followLogs.js';
import type { Home } from './home.js';
import { readableLine } from './readableLog.js';
import { everyProcess, services } from './services.js';
import { runningRecord } from './runRecord.js';

/**
 * Shows the logs of all processes as one until none of them runs any more, because someone else stopped them.
 */
export async function followStack(home: Home): Promise<void> {
  const width = Math.max(...everyProcess.map(name => name.length));
  const tails = everyProcess.map(name => ({
    name,
    tail: tailFrom(home.logOf(name), sizeOf(home.logOf(name))),
  }));
  let over = false;
  const watch = setInterval(() => {
    void anyRunning(home).then(running => (over = !running));
  }, 1_000);
  await followLogs(
    tails,
    (name, line) => process.stdout.write(`${name.padEnd(width)} ${readableLine(line)}\n`),
    () => over,
  );
  clearInterval(watch);
}

async function anyRunning(home: Home): Promise<boolean> {
  const records = await Promise.all(services.map(service => runningRecord(home, service.name)));
  return records.some(record => record !== undefined);
}
