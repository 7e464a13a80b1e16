import table from './generated/structures.json' with { type: 'json' };

/** One element as R4 defines it. */
export interface Element {
  /** Types it may have; a backbone is the type `Patient.contact`. */
  readonly types: readonly string[];
  readonly repeats: boolean;
  readonly required: boolean;
  /** Codes of a required binding. */
  readonly codes?: ReadonlySet<string>;
  /** `value[x]` when this is one of a choice, else undefined. */
  readonly choice?: string;
}

export interface TypeStructure {
  readonly name: string;
  readonly kind: 'resource' | 'complex-type' | 'backbone';
  /** By name as JSON writes it: choices appear once per type (`valueQuantity`). */
  readonly elements: ReadonlyMap<string, Element>;
  /** Names in JSON of each choice (`value[x]`), with whether one of them is required. */
  readonly choices: ReadonlyMap<string, { readonly names: readonly string[]; readonly required: boolean }>;
}

const codeLists = new Map<string, ReadonlySet<string>>(
  Object.entries(table.codes).map(([name, codes]) => [name, new Set(codes)]),
);

const capital = (type: string): string => type.charAt(0).toUpperCase() + type.slice(1);

function readElement(spec: string): Element {
  const [shape = '', list] = spec.split(' #');
  const codes = list === undefined ? undefined : codeLists.get(list);
  return {
    types: shape.replace(/[*!]+$/, '').split('|'),
    repeats: shape.includes('*'),
    required: shape.includes('!'),
    ...(codes === undefined ? {} : { codes }),
  };
}

function readType(
  name: string,
  raw: { kind: string; elements: Record<string, string | undefined> },
): TypeStructure {
  const elements = new Map<string, Element>();
  const choices = new Map<string, { names: string[]; required: boolean }>();
  for (const [key, spec = ''] of Object.entries(raw.elements)) {
    const element = readElement(spec);
    if (!key.endsWith('[x]')) {
      elements.set(key, element);
      continue;
    }
    const stem = key.slice(0, -3);
    const names = element.types.map(type => `${stem}${capital(type)}`);
    choices.set(key, { names, required: element.required });
    names.forEach((one, at) =>
      elements.set(one, { ...element, types: [element.types[at] ?? ''], required: false, choice: key }),
    );
  }
  return { name, kind: raw.kind as TypeStructure['kind'], elements, choices };
}

const structures = new Map<string, TypeStructure>(
  Object.entries(table.types).map(([name, raw]) => [name, readType(name, raw)]),
);

/** The structure of a resource type, datatype or backbone; undefined when it is not in the table. */
export function structureOf(type: string): TypeStructure | undefined {
  return structures.get(type);
}

/** Resource types that the table describes. */
export function resourceTypes(): string[] {
  return [...structures.values()].filter(one => one.kind === 'resource').map(one => one.name);
}

/** Primitive types are written in lower case in FHIR. */
export function isPrimitive(type: string): boolean {
  return /^[a-z]/.test(type);
}
