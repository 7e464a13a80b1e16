import { readdirSync, readFileSync } from 'node:fs';
import AjvModule from 'ajv';
import { parseAllDocuments } from 'yaml';
import { mapInvalid } from '../compile/errors.js';
import schema from './map.schema.json' with { type: 'json' };
import type { MapFile } from './types.js';

const Ajv = AjvModule.default;
const validate = new Ajv({ strict: false, allErrors: false, discriminator: true }).compile(schema);

/**
 * Reads a YAML file of maps (one document per map) and checks each against `map.schema.json`.
 * Raised when it does not have the form: {@link mapInvalid}.
 */
export function parseMaps(yamlText: string, file = 'maps'): MapFile[] {
  return parseAllDocuments(yamlText).map((document): MapFile => {
    const content: unknown = document.toJS();
    const name = (content as { map?: unknown } | null)?.map;
    const map = typeof name === 'string' ? name : file;
    const problem = document.errors[0];
    if (problem !== undefined) throw mapInvalid({ map, path: '', problem: problem.message });
    if (!validate(content)) {
      const error = validate.errors?.[0];
      const extra = error?.params.additionalProperty as string | undefined;
      throw mapInvalid({
        map,
        path: error?.instancePath ?? '',
        problem: `${error?.message ?? 'is invalid'}${extra === undefined ? '' : ` (${extra})`}`,
      });
    }
    return content as unknown as MapFile;
  });
}

let standard: readonly MapFile[] | undefined;

/** The maps that ship with the product; read once. */
export function standardFiles(): readonly MapFile[] {
  standard ??= readFolder(new URL('../maps/', import.meta.url));
  return standard;
}

function readFolder(folder: URL): MapFile[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .flatMap(name => parseMaps(readFileSync(new URL(name, folder), 'utf8'), name));
}
