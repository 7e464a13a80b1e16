/** One entry of a token index: `system` and `code` are '' when the element has none. */
export interface Token {
  readonly param: '_id' | 'identifier' | 'patient' | 'subject' | 'code';
  readonly system: string;
  readonly code: string;
}

/** A reference that a resource makes, with the place where it makes it. */
export interface ResourceReference {
  readonly path: string;
  /** As written: `Patient/abc`, `#contained`, an absolute URL. */
  readonly reference: string;
}

type Json = Readonly<Record<string, unknown>>;

const list = (value: unknown): readonly Json[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (one): one is Json => typeof one === 'object' && one !== null,
  );
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Tokens for the search parameters `_id`, `identifier`, `patient`, `subject` and `code`. A reference is indexed by
 * type and id (`Patient`, `abc`); `patient` only where the subject is a Patient. Duplicates are left out.
 */
export function searchTokens(resource: Json): Token[] {
  const found = new Map<string, Token>();
  const add = (param: Token['param'], system: string, code: string) => {
    if (code !== '') found.set(`${param} ${system} ${code}`, { param, system, code });
  };
  add('_id', '', text(resource.id));
  for (const identifier of list(resource.identifier))
    add('identifier', text(identifier.system), text(identifier.value));
  if (resource.resourceType === 'Observation' || resource.resourceType === 'DiagnosticReport')
    for (const concept of list(resource.code))
      for (const coding of list(concept.coding)) add('code', text(coding.system), text(coding.code));
  for (const subject of list(resource.subject)) {
    const parts = /^(?:.*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/.exec(
      text(subject.reference),
    );
    if (parts === null) continue;
    add('subject', parts[1] ?? '', parts[2] ?? '');
    if (parts[1] === 'Patient') add('patient', 'Patient', parts[2] ?? '');
  }
  return [...found.values()];
}

/** Every literal reference in a resource, in the order in which it is written. */
export function references(resource: Json): ResourceReference[] {
  const found: ResourceReference[] = [];
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((one, at) => walk(one, `${path}[${at}]`));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'reference' && typeof inner === 'string')
          found.push({ path: `${path}.reference`, reference: inner });
        else walk(inner, `${path}.${key}`);
      }
    }
  };
  for (const [key, value] of Object.entries(resource)) walk(value, `${text(resource.resourceType)}.${key}`);
  return found;
}
