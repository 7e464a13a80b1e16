import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf, tailFrom } from './followLogs.js';

describe('the tail of a log', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anamnesis-tail-'));
    file = join(folder, 'a.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('waits for a file that is not there yet', () => {
    const tail = tailFrom(file);
    expect(tail.read()).toEqual([]);
    writeFileSync(file, 'one\n');
    expect(tail.read()).toEqual(['one']);
  });

  it('hands over a line once, when it is complete, also when a character is torn', () => {
    const bytes = Buffer.from('zwölf\n');
    const tail = tailFrom(file);
    writeFileSync(file, bytes.subarray(0, 3));
    expect(tail.read()).toEqual([]);
    appendFileSync(file, bytes.subarray(3));
    expect(tail.read()).toEqual(['zwölf']);
    expect(tail.read()).toEqual([]);
  });

  it('begins where it is told, and anew when the file was emptied', () => {
    writeFileSync(file, 'old\n');
    const tail = tailFrom(file, sizeOf(file));
    expect(tail.read()).toEqual([]);
    writeFileSync(file, 'n\n');
    expect(tail.read()).toEqual(['n']);
  });

  it('reads more than fits one read', () => {
    const line = 'x'.repeat(100_000);
    writeFileSync(file, `${line}\nend\n`);
    expect(tailFrom(file).read()).toEqual([line, 'end']);
  });
});
