import type { LogFields } from './fields.js';

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * What a log line may say about an error. A coded error is our own sentence and is shown; the text of any other
 * error may quote what it choked on (a row, a snippet of JSON), so only its class, its code and the places in our
 * code are shown.
 */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Object)) return { errorName: typeof error };
  const { code, disposition, name, stack, message } = error as Record<string, unknown>;
  if (typeof disposition === 'string')
    return { code: text(code), disposition, sentence: text(message), errorName: text(name) };
  const frames = (text(stack) ?? '')
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .slice(0, 3)
    .map(line => line.trim().replace(/(?:file:\/\/)?\/\S*\/((?:libs|apps|node_modules)\/)/, '$1'))
    .join(' | ');
  return { errorName: text(name) ?? 'Error', code: text(code), frames: frames || undefined };
}
