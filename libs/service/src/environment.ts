import { configInvalid } from './errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Readers of single environment variables. Each raises {@link configInvalid} with one sentence that names the
 * variable and never shows its value, which may be a secret.
 */
export interface EnvironmentReader {
  text(name: string, fallback?: string): string;
  optional(name: string): string | undefined;
  whole(name: string, range: { least: number; most: number; fallback?: number }): number;
  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T;
  list(name: string): string[];
  url(name: string, protocols: readonly string[]): string;
}

export function readEnvironment(env: Environment): EnvironmentReader {
  const optional = (name: string): string | undefined => env[name]?.trim() || undefined;
  const text = (name: string, fallback?: string): string => {
    const value = optional(name) ?? fallback;
    if (value === undefined)
      throw configInvalid({ variable: name, problem: 'is not set and has no default' });
    return value;
  };
  return {
    text,
    optional,
    whole(name, { least, most, fallback }) {
      const value = text(name, fallback?.toString());
      const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= least && number <= most))
        throw configInvalid({ variable: name, problem: `must be a whole number from ${least} to ${most}` });
      return number;
    },
    oneOf(name, values, fallback) {
      const value = text(name, fallback);
      const found = values.find(one => one === value);
      if (found === undefined)
        throw configInvalid({ variable: name, problem: `must be one of ${values.join(', ')}` });
      return found;
    },
    list(name) {
      const items = text(name)
        .split(',')
        .map(item => item.trim());
      if (items.some(item => item === ''))
        throw configInvalid({ variable: name, problem: 'has an empty item between its commas' });
      return items;
    },
    url(name, protocols) {
      const value = text(name);
      const protocol = URL.canParse(value) ? new URL(value).protocol : '';
      if (!protocols.includes(protocol))
        throw configInvalid({
          variable: name,
          problem: `must be a URL that begins with ${protocols.map(p => `${p}//`).join(' or ')}`,
        });
      return value;
    },
  };
}
