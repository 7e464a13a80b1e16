import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StringDecoder } from 'node:string_decoder';

/** A log file read from some point on, line by line, as it grows. */
export interface LogTail {
  /** Complete lines that were written since the last call. */
  read(): string[];
}

const chunk = Buffer.alloc(64 * 1024);

/** `from` bytes; a file that is not there yet counts as empty, one that shrank is read from its beginning. */
export function tailFrom(file: string, from = 0): LogTail {
  let position = from;
  let pending = '';
  const decoder = new StringDecoder('utf8');
  return {
    read() {
      const size = sizeOf(file);
      if (size < position) position = 0;
      if (size === position) return [];
      const fd = openSync(file, 'r');
      try {
        for (let count = 1; count > 0; position += count) {
          count = readSync(fd, chunk, 0, chunk.length, position);
          pending += decoder.write(chunk.subarray(0, count));
        }
      } finally {
        closeSync(fd);
      }
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      return lines;
    },
  };
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Hands over new lines of all logs until `until` says it is over, looking a few times a second. */
export async function followLogs(
  tails: readonly { readonly name: string; readonly tail: LogTail }[],
  write: (name: string, line: string) => void,
  until: () => boolean,
): Promise<void> {
  while (!until()) {
    for (const { name, tail } of tails) for (const line of tail.read()) write(name, line);
    await sleep(250);
  }
}
