import { logFieldNames, type LogFields } from './fields.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes one JSON object per line. `event` is a fixed text in the code (`reader.assigned`), never composed. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** Lines below this level are not written; default `info`. */
  readonly level?: LogLevel;
  /** Where lines go, without the line end; default stdout. */
  readonly write?: (line: string) => void;
  readonly clock?: () => number;
}

const longestText = 200;
const allowed: ReadonlySet<string> = new Set(logFieldNames);

function allowedFields(fields: LogFields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (!allowed.has(name) || typeof value === 'object') dropped += 1;
    else kept[name] = typeof value === 'string' ? value.slice(0, longestText) : value;
  }
  return dropped === 0 ? kept : { ...kept, droppedFields: dropped };
}

/**
 * The logger of a process: lines of `{time, level, service, event, …}` with fields of {@link logFieldNames} alone; a
 * field that a cast smuggled in is left out and counted. Texts are cut at 200 characters.
 */
export function createLogger(service: string, options: LoggerOptions = {}): Logger {
  const { level = 'info', clock = Date.now } = options;
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const least = logLevels.indexOf(level);
  const at =
    (lineLevel: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(lineLevel) < least) return;
      const time = new Date(clock()).toISOString();
      write(JSON.stringify({ time, level: lineLevel, service, event, ...allowedFields(fields) }));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
