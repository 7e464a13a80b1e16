import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, markOf } from './processMark.js';
import { spawnLogged } from './spawnLogged.js';
import { stopProcess } from './stopProcess.js';

describe('processes of our own', () => {
  let folder: string;
  let logFile: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anamnesis-processes-'));
    logFile = join(folder, 'log');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const written = async (word: string) => {
    while (!(await readFile(logFile, 'utf8')).includes(word)) await sleep(10);
  };
  const sh = (script: string) => ({ command: '/bin/sh', args: ['-c', script], logFile });

  it('write to a log of their own and end on SIGTERM', async () => {
    const { mark } = await spawnLogged(sh('echo hello; exec sleep 60'));
    await written('hello');
    expect(isRunning(mark)).toBe(true);
    expect(await stopProcess(mark)).toBe('SIGTERM');
    expect(isRunning(mark)).toBe(false);
  });

  it('are killed when they do not listen', async () => {
    const { mark } = await spawnLogged(sh('trap "" TERM; echo deaf; while :; do sleep 1; done'));
    await written('deaf');
    const steps = [
      ['SIGTERM', 200],
      ['SIGKILL', 5_000],
    ] as const;
    expect(await stopProcess(mark, steps)).toBe('SIGKILL');
  });

  it('are never confused with the next owner of their pid', async () => {
    const other = markOf(process.pid);
    const recycled = { pid: process.pid, birth: `${other?.birth}0` };
    expect(isRunning(recycled)).toBe(false);
    expect(await stopProcess(recycled)).toBeUndefined();
  });

  it('end with us when they are tied to us, even if we are killed', async () => {
    const script = `
      import { spawnLogged } from '${new URL('../dist/spawnLogged.js', import.meta.url).href}';
      const { mark } = await spawnLogged({ command: '/bin/sleep', args: ['60'], logFile: '${logFile}', lifetime: 'parent' });
      process.stdout.write(JSON.stringify(mark) + '\\n');
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const line = await new Promise<string>(resolve =>
      parent.stdout.once('data', data => resolve(String(data))),
    );
    const mark = JSON.parse(line) as { pid: number; birth: string };
    expect(isRunning(mark)).toBe(true);
    parent.kill('SIGKILL');
    for (let i = 0; i < 200 && isRunning(mark); i += 1) await sleep(10);
    expect(isRunning(mark)).toBe(false);
  });
});
