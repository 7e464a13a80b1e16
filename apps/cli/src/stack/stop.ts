import { stopBroker, stopPostgres, stopProcess, type StopStep } from '@anamnesis/embedded';
import type { Home } from './home.js';
import { dropRecord, readRecord, type RunRecord } from './runRecord.js';
import { kafka, postgres, stopOrder } from './services.js';

/** A service ends within 10 s by itself; what does not is killed. */
const serviceSteps: readonly StopStep[] = [
  ['SIGTERM', 11_000],
  ['SIGKILL', 5_000],
];

/**
 * Stops every process of the stack in the order of the data, and forgets it. Answers the names that were running.
 * Processes of another owner under a recorded pid are left alone.
 */
export async function stopStack(home: Home, say: (line: string) => void): Promise<string[]> {
  const stopped: string[] = [];
  for (const wave of stopOrder) {
    const records = await Promise.all(wave.map(name => readRecord(home, name)));
    await Promise.all(
      records.map(async (record, i) => {
        if (record && (await stopOne(record))) stopped.push(record.name);
        await dropRecord(home, wave[i] as string);
      }),
    );
    const names = wave.filter(name => stopped.includes(name));
    if (names.length > 0) say(`Stopped ${names.join(', ')}`);
  }
  return stopped;
}

async function stopOne(record: RunRecord): Promise<boolean> {
  if (record.name === kafka) return stopBroker(record);
  if (record.name === postgres) return stopPostgres(record);
  return (await stopProcess(record, serviceSteps)) !== undefined;
}
