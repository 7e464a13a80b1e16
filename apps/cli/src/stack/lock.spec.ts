import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeFrom, type Home } from './home.js';
import { exclusively } from './lock.js';

describe('the lock of a stack', () => {
  let home: Home;
  beforeEach(() => {
    home = homeFrom({ ANAMNESIS_HOME: mkdtempSync(join(tmpdir(), 'anamnesis-lock-')) });
  });
  afterEach(() => rmSync(home.folder, { recursive: true }));

  it('keeps a second start out and names who holds it, then lets it in', async () => {
    await exclusively(home, 'up', async () => {
      await expect(exclusively(home, 'down', async () => undefined)).rejects.toMatchObject({
        code: 'ANM_STACK_BUSY',
        facts: { command: 'up', pid: process.pid },
      });
    });
    await expect(exclusively(home, 'down', async () => 'done')).resolves.toBe('done');
  });

  it('is released when the work fails', async () => {
    await expect(exclusively(home, 'up', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(exclusively(home, 'up', async () => 'done')).resolves.toBe('done');
  });

  it('is taken over from a holder that died, also when its pid lives on in another process', async () => {
    mkdirSync(home.run, { recursive: true });
    const stranger = { pid: process.pid, birth: 'another', command: 'up' };
    writeFileSync(join(home.run, 'lock'), JSON.stringify(stranger));
    await expect(exclusively(home, 'up', async () => 'done')).resolves.toBe('done');
  });
});
