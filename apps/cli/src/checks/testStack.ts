import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPortFree, removePostgres, tailOf } from '@anamnesis/embedded';
import { checkout } from '../stack/home.js';
import { brokerPortOffset, controllerPortOffset, postgresPortOffset, services } from '../stack/services.js';
import { runTool, type ToolRun } from './runTool.js';

/** A whole stack of its own, on ports and in a folder of its own, for tests from end to end. */
export interface TestStack {
  /** ANAMNESIS_HOME, ANAMNESIS_PORT_BASE and MLLP_PORT_OFFSET: what every command and client needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** A command of the launcher on this stack, as a person would type it. */
  command(...args: string[]): Promise<ToolRun>;
  down(): Promise<void>;
}

const main = join(checkout, 'apps', 'cli', 'dist', 'main.js');
/** MLLP ports of the interface contracts lie from here on. */
const mllpPorts = Array.from({ length: 12 }, (_, i) => 2575 + i);

/**
 * Starts a stack without simulator.
 * Raised when it does not come up: an Error with what the launcher said; nothing is left running.
 */
export async function startTestStack(): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), 'anamnesis-stack-'));
  const { portBase, mllpOffset } = await freeBlock();
  const env = {
    ANAMNESIS_HOME: folder,
    ANAMNESIS_PORT_BASE: String(portBase),
    MLLP_PORT_OFFSET: String(mllpOffset),
    // A broker or server of the person's own is not for tests.
    KAFKA_BROKERS: '',
    DATABASE_URL: '',
  };
  const command = (...args: string[]) => runTool([main, ...args], env);
  const down = async () => {
    await command('down');
    removePostgres(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  };
  const up = await command('up', '--detach', '--no-simulator');
  if (up.exitCode === 0) return { env, command, down };
  const reason = withNamedLog(up.output);
  await down();
  throw new Error(`The stack for the tests did not start:\n${reason}`);
}

/** What the launcher said, with the end of the log that it points to: the folder is gone when people read this. */
function withNamedLog(output: string): string {
  const log = /see (\S+\.log)/.exec(output)?.[1];
  return log === undefined ? output : `${output}${tailOf(log, 5)}`;
}

async function freeBlock(): Promise<{ portBase: number; mllpOffset: number }> {
  const offsets = [
    ...services.map(service => service.portOffset),
    postgresPortOffset,
    brokerPortOffset,
    controllerPortOffset,
  ];
  for (let portBase = 17_700; portBase < 29_000; portBase += 100) {
    const mllpOffset = portBase + 50 - 2575;
    const ports = [...offsets.map(offset => portBase + offset), ...mllpPorts.map(port => port + mllpOffset)];
    const free = await Promise.all(ports.map(isPortFree));
    if (free.every(Boolean)) return { portBase, mllpOffset };
  }
  throw new Error('No free block of ports for a test stack between 17700 and 29000.');
}

/** Whether the checkout has any test of a suffix: a stack is started only for tests that exist. */
export async function hasTests(suffix: string): Promise<boolean> {
  for (const group of ['apps', 'libs', 'bench', 'deploy']) {
    const files = await readdir(join(checkout, group), { recursive: true }).catch(() => []);
    if (files.some(file => file.endsWith(suffix) && !file.includes('node_modules'))) return true;
  }
  return false;
}
