import type { Resource } from './types.js';

interface Name {
  readonly family?: string;
  readonly given?: readonly string[];
  readonly use?: string;
}

const fold = (text: string): string => text.normalize('NFC').trim().toLowerCase();

function officialName(patient: Resource): Name | undefined {
  const names = patient['name'];
  if (!Array.isArray(names)) return undefined;
  return (names as Name[]).find(name => name.use === 'official') ?? (names as Name[])[0];
}

function nameOf(patient: Resource): string | undefined {
  const name = officialName(patient);
  const given = name?.given?.[0];
  if (!name?.family || !given) return undefined;
  return `${fold(name.family)} ${fold(given)}`;
}

const textOf = (patient: Resource, element: string): string | undefined => {
  const value = patient[element];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Dates of different precision agree when one begins with the other. */
const datesDiffer = (a: string, b: string): boolean => !a.startsWith(b) && !b.startsWith(a);

/**
 * The elements in which a message's Patient contradicts the stored one. Compared only where both sides say
 * something: family with first given name, birth date, sex. An `unknown` sex says nothing.
 */
export function contradictions(stored: Resource, sent: Resource): string[] {
  const found: string[] = [];
  const [name, otherName] = [nameOf(stored), nameOf(sent)];
  if (name !== undefined && otherName !== undefined && name !== otherName) found.push('name');
  const [birth, otherBirth] = [textOf(stored, 'birthDate'), textOf(sent, 'birthDate')];
  if (birth !== undefined && otherBirth !== undefined && datesDiffer(birth, otherBirth))
    found.push('birthDate');
  const [sex, otherSex] = [textOf(stored, 'gender'), textOf(sent, 'gender')];
  if (sex !== undefined && otherSex !== undefined && sex !== 'unknown' && otherSex !== 'unknown')
    if (sex !== otherSex) found.push('gender');
  return found;
}

interface Identifier {
  readonly system?: string;
  readonly value?: string;
}

const identifiersOf = (patient: Resource): readonly Identifier[] => {
  const found = patient['identifier'];
  return Array.isArray(found) ? (found as readonly Identifier[]) : [];
};

const identifierKey = ({ system, value }: Identifier): string => JSON.stringify([system, value]);

/** What was sent, in its order, then what was known before: leaving a number out of a message takes none away. */
function knownIdentifiers(stored: Resource, sent: Resource): readonly Identifier[] {
  const named = identifiersOf(sent);
  const keys = new Set(named.map(identifierKey));
  return [...named, ...identifiersOf(stored).filter(one => !keys.has(identifierKey(one)))];
}

/**
 * A Patient update replaces the elements that it names and keeps the others: messages are partial. Identifiers are
 * added to, never replaced as a whole; a merge names only the number that it is about.
 */
export function patientUpdate(stored: Resource, sent: Resource): Resource {
  const identifier = knownIdentifiers(stored, sent);
  return { ...stored, ...sent, ...(identifier.length === 0 ? {} : { identifier }) };
}

interface Link {
  readonly other: { readonly reference: string };
  readonly type: string;
}

function withLink(patient: Resource, other: string, type: string): Resource {
  const links = (patient['link'] as readonly Link[] | undefined) ?? [];
  const reference = `Patient/${other}`;
  if (links.some(link => link.other.reference === reference && link.type === type)) return patient;
  return { ...patient, link: [...links, { other: { reference }, type }] };
}

/** The record that was merged away: it stays readable, inactive, and names its survivor. */
export function asReplaced(patient: Resource, survivor: string): Resource {
  return { ...withLink(patient, survivor, 'replaced-by'), active: false };
}

export function asSurvivor(patient: Resource, replaced: string): Resource {
  return withLink(patient, replaced, 'replaces');
}

export function minimalPatient(srid: string): Resource {
  return { resourceType: 'Patient', id: srid };
}
