import { derivedId, type IdentityDecidedV1 } from '@anamnesis/contracts';
import type { EvidencePolicy } from './evidencePolicy.js';

type Fact = IdentityDecidedV1['facts'][number];
type Registered = Extract<Fact, { fact: 'source-record-registered' }>;

/** One identifier as a keyed hash: equal hashes mean the same identifier, nothing else can be read from them. */
export type Evidence = Registered['evidence'][number];

/** The part of a FHIR R4 Identifier that counts here. */
export interface Identifier {
  readonly use?: string;
  readonly system?: string;
  readonly value?: string;
  readonly type?: { readonly coding?: readonly { readonly system?: string; readonly code?: string }[] };
}

/** Letters and digits alone, so that `123-45-6789` and `123 45 6789` are one identifier. */
function normalised(value: string): string {
  return value
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function isRun(value: string): boolean {
  const steps = [...value.slice(1)].map((char, at) => char.charCodeAt(0) - value.charCodeAt(at));
  return steps.length > 0 && steps.every(step => step === steps[0] && Math.abs(step) <= 1);
}

/**
 * Whether a value says "we do not know": one repeated character (000-00-0000, 999-99-9999), a run of neighbours
 * (123456789), a value on the policy's list, or too short to tell two people apart.
 */
function isPlaceholder(value: string, policy: EvidencePolicy): boolean {
  return value.length < policy.minimumLength || isRun(value) || policy.placeholders.includes(value);
}

/** Numbers that the issuer never gives out (SSA: area 000, 666 or 9xx, group 00, serial 0000). */
function isIssuable(code: string, value: string): boolean {
  return code !== 'SS' || /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(value);
}

function codeOf({ system, type }: Identifier, policy: EvidencePolicy): string | undefined {
  const codings: unknown = type?.coding;
  const codes = Array.isArray(codings)
    ? codings.map((coding: { code?: unknown } | null) => coding?.code)
    : [];
  const bySystem = typeof system === 'string' ? policy.systems[system] : undefined;
  return [bySystem, ...codes].find(
    (code): code is string => typeof code === 'string' && Object.hasOwn(policy.strong, code),
  );
}

function identifiersOf(patient: { readonly identifier?: unknown }): Identifier[] {
  const { identifier } = patient;
  return Array.isArray(identifier)
    ? identifier.filter((one): one is Identifier => typeof one === 'object' && one !== null)
    : [];
}

/**
 * The identifiers of a Patient that name one human across institutions, as keyed hashes, sorted, each once. A
 * medical record number is never among them: it names a human only within its own authority. Retired identifiers
 * (`use: old`) and placeholders are not evidence.
 */
export function strongEvidence(
  patient: { readonly identifier?: unknown },
  idKey: Uint8Array,
  policy: EvidencePolicy,
): Evidence[] {
  const found = new Map<string, Evidence>();
  for (const identifier of identifiersOf(patient)) {
    const code = codeOf(identifier, policy);
    if (code === undefined || typeof identifier.value !== 'string' || identifier.use === 'old') continue;
    const value = normalised(identifier.value);
    if (isPlaceholder(value, policy) || !isIssuable(code, value)) continue;
    const perAuthority = policy.strong[code] === 'per-authority';
    if (perAuthority && !identifier.system) continue;
    const kind = perAuthority ? `${code} ${identifier.system}` : code;
    const hash = derivedId(idKey, 'content', ['evidence', kind, value]);
    found.set(hash, { strength: 'strong', kind, hash });
  }
  return [...found.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1));
}
