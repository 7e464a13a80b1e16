/** Facts of a log record that a person reads first; the rest follows as `name=value`. */
const leading = new Set(['time', 'level', 'service', 'event', 'message']);

/**
 * One line of a service log as people read it: time of day, level when it is not `info`, what happened, facts.
 * A line that is no JSON record, as servers write, stays as it is.
 */
export function readableLine(line: string): string {
  const record = parse(line);
  if (!record) return line;
  const { time, level, event, message } = record;
  const clock = typeof time === 'string' ? time.slice(11, 23) : '';
  const urgency = level === undefined || level === 'info' ? '' : String(level).toUpperCase();
  const facts = Object.entries(record)
    .filter(([name]) => !leading.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [clock, urgency, event, message, ...facts]
    .filter(part => part !== undefined && part !== '')
    .join(' ');
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
