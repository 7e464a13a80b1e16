import { defineError } from '@anamnesis/contracts';
import AjvModule from 'ajv';
import { IANAZone } from 'luxon';
import { parse } from 'yaml';
import type { InterfaceContract } from './contract.js';
import schema from './interface.schema.json' with { type: 'json' };

const Ajv = AjvModule.default;

/** Raised when an interface file is no YAML mapping. */
export const interfaceUnreadable = defineError(
  'ANM_INTERFACE_UNREADABLE',
  'stop',
  (f: { reason: string }) => `The interface file cannot be read as YAML: ${f.reason}`,
);

/** Raised when an interface file lacks something, names something unknown or contradicts itself. */
export const interfaceInvalid = defineError(
  'ANM_INTERFACE_INVALID',
  'stop',
  (f: { interface: string; path: string; problem: string }) =>
    `Interface ${f.interface}: ${f.path || 'the file'} ${f.problem}.`,
);

const validate = new Ajv({ strict: false, allErrors: false, useDefaults: true }).compile(schema);

/**
 * Reads one `interfaces/*.yaml` into a contract with every default filled in.
 * Raised when it is not well-formed or not valid: {@link interfaceUnreadable}, {@link interfaceInvalid}.
 */
export function parseInterface(yamlText: string): InterfaceContract {
  const content = read(yamlText);
  const id = typeof content.id === 'string' ? content.id : 'without id';
  const invalid = (path: string, problem: string) => interfaceInvalid({ interface: id, path, problem });
  if (!validate(content)) {
    const error = validate.errors?.[0];
    const extra = error?.params.additionalProperty ?? error?.params.missingProperty;
    const allowed = error?.params.allowedValues as unknown[] | undefined;
    const detail = extra ? ` (${String(extra)})` : allowed ? ` (${allowed.join(', ')})` : '';
    throw invalid(error?.instancePath.slice(1).replaceAll('/', '.') ?? '', `${error?.message}${detail}`);
  }
  const contract = content as unknown as InterfaceContract;
  if (!IANAZone.isValidZone(contract.zone)) throw invalid('zone', `is no IANA time zone: ${contract.zone}`);
  return contract;
}

function read(yamlText: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(yamlText);
  } catch (error) {
    throw interfaceUnreadable({ reason: error instanceof Error ? error.message : 'unknown' }, error);
  }
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw interfaceUnreadable({ reason: 'a mapping with the fields of a contract is expected' });
  return content as Record<string, unknown>;
}
