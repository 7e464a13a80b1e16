import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { archiveFlags } from './archiveFlags.js';
import { brokerClasspath, requireJava } from './java.js';

const run = promisify(execFile);

/**
 * Runs one of the broker's own command line classes and answers its output.
 * Raised when it exits with another code than 0: Error with the tool's last words, which hold no password.
 */
export async function brokerTool(
  libsDir: string,
  mainClass: string,
  args: readonly string[],
): Promise<string> {
  const java = await requireJava();
  const flags = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...archiveFlags(libsDir)];
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
  const all = [...flags, quiet, '-cp', brokerClasspath(libsDir), mainClass, ...args];
  try {
    return (await run(java, all, { maxBuffer: 8 * 1024 * 1024 })).stdout;
  } catch (cause) {
    const said = cause as { stderr?: string; stdout?: string };
    const words = `${said.stderr ?? ''}`.trim() || `${said.stdout ?? ''}`.trim();
    throw new Error(`${mainClass}: ${words.split('\n').slice(-3).join(' ')}`);
  }
}
