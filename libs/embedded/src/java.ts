import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { javaTooOld, noBrokerJars, noJava } from './errors.js';

const run = promisify(execFile);
const oldestUsable = 17;

/** Major version out of `java -version`; undefined when the text is not understood. */
export function javaMajor(versionText: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(versionText);
  return match ? Number(match[1]) : undefined;
}

/** The java to run: JAVA_HOME's, else the one on the PATH. */
export function javaCommand(env: NodeJS.ProcessEnv = process.env): string {
  const home = env['JAVA_HOME'];
  const own = home ? join(home, 'bin', 'java') : undefined;
  return own && existsSync(own) ? own : 'java';
}

/** Raised when there is no Java ({@link noJava}) or it is older than 17 ({@link javaTooOld}). */
export async function requireJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const command = javaCommand(env);
  const answer = await run(command, ['-version'], { env }).catch(cause => {
    throw noJava({}, cause);
  });
  const major = javaMajor(answer.stderr + answer.stdout);
  if (major !== undefined && major < oldestUsable) throw javaTooOld({ found: major });
  return command;
}

/**
 * The classpath of the broker, sorted: a class-data archive is only used with the very path it was made with,
 * and the JVM expands a wildcard in directory order.
 * Raised when the folder holds no broker: {@link noBrokerJars}.
 */
export function brokerClasspath(folder: string): string {
  const jars = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.jar')) : [];
  if (!jars.some(name => /^kafka_2\.\d+-/.test(name))) throw noBrokerJars({ folder });
  return jars
    .sort()
    .map(name => join(folder, name))
    .join(':');
}

/** The folder of the broker's jars: ANAMNESIS_KAFKA_LIBS, else the checkout's own. */
export function brokerLibs(env: NodeJS.ProcessEnv = process.env): string {
  const checkout = fileURLToPath(new URL('../../../', import.meta.url));
  return env['ANAMNESIS_KAFKA_LIBS'] ?? join(checkout, '.anamnesis', 'kafka-libs');
}
