import { isPrimitiveValue } from './primitives.js';
import { isPrimitive, structureOf, type Element, type TypeStructure } from './structure.js';
import type { OutcomeIssue } from './outcome.js';

/** Something in a resource that base R4 does not allow; `path` is where, as FHIRPath. */
export interface Issue {
  readonly code: 'structure' | 'required' | 'value' | 'code-invalid' | 'not-supported';
  readonly path: string;
  readonly text: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Structural check against base R4: unknown elements, cardinality, primitive types, required codes, one type per
 * choice, empty objects. Profiles, invariants and terminology are not checked. An empty list means valid.
 */
export function validateResource(resource: unknown): Issue[] {
  const issues: Issue[] = [];
  if (!isObject(resource) || typeof resource.resourceType !== 'string')
    return [{ code: 'structure', path: '', text: 'A resource with a resourceType is expected' }];
  checkResource(resource, resource.resourceType, issues);
  return issues;
}

/** The issues as an OperationOutcome's issue list. */
export function outcomeIssues(issues: readonly Issue[]): OutcomeIssue[] {
  return issues.map(({ code, path, text }) => ({
    severity: 'error',
    code,
    diagnostics: text,
    expression: [path],
  }));
}

function checkResource(resource: Json, path: string, issues: Issue[]): void {
  const type = String(resource.resourceType);
  const structure = structureOf(type);
  if (structure?.kind !== 'resource') {
    issues.push({ code: 'not-supported', path, text: `Resource type ${type} is not supported` });
    return;
  }
  if (resource.id !== undefined && !isPrimitiveValue('id', resource.id))
    issues.push({ code: 'value', path: `${path}.id`, text: 'Not a FHIR id' });
  checkObject(
    Object.fromEntries(Object.entries(resource).filter(([key]) => key !== 'resourceType')),
    structure,
    path,
    issues,
  );
}

function checkObject(node: Json, structure: TypeStructure, path: string, issues: Issue[]): void {
  const keys = Object.keys(node);
  if (keys.length === 0) issues.push({ code: 'structure', path, text: 'Empty element' });
  for (const key of keys) {
    const name = key.startsWith('_') ? key.slice(1) : key;
    const element = structure.elements.get(name);
    if (element === undefined) {
      issues.push({
        code: 'structure',
        path: `${path}.${key}`,
        text: `${structure.name} has no element ${key}`,
      });
    } else if (name !== key) {
      checkSibling(node[key], element, `${path}.${name}`, issues);
    } else checkElement(node[key], element, `${path}.${key}`, issues);
  }
  const has = (name: string) => node[name] !== undefined || node[`_${name}`] !== undefined;
  for (const [name, element] of structure.elements)
    if (element.required && !has(name))
      issues.push({ code: 'required', path: `${path}.${name}`, text: 'Required element is missing' });
  for (const [choice, { names, required }] of structure.choices) {
    const used = names.filter(has);
    if (used.length > 1)
      issues.push({
        code: 'structure',
        path: `${path}.${choice}`,
        text: `Several types: ${used.join(', ')}`,
      });
    if (required && used.length === 0)
      issues.push({ code: 'required', path: `${path}.${choice}`, text: 'Required element is missing' });
  }
}

function checkElement(value: unknown, element: Element, path: string, issues: Issue[]): void {
  if (!element.repeats) {
    if (Array.isArray(value)) issues.push({ code: 'structure', path, text: 'The element does not repeat' });
    else checkValue(value, element, path, issues);
    return;
  }
  if (!Array.isArray(value) || value.length === 0) {
    issues.push({ code: 'structure', path, text: 'A list with at least one entry is expected' });
    return;
  }
  value.forEach((one: unknown, at) => {
    // A null holds the place of a primitive that has only extensions.
    if (one === null && isPrimitive(element.types[0] ?? '')) return;
    checkValue(one, element, `${path}[${at}]`, issues);
  });
}

function checkValue(value: unknown, element: Element, path: string, issues: Issue[]): void {
  const type = element.types[0] ?? '';
  if (isPrimitive(type)) {
    if (!isPrimitiveValue(type, value)) issues.push({ code: 'value', path, text: `Not a ${type}` });
    else if (element.codes !== undefined && !element.codes.has(String(value)))
      issues.push({ code: 'code-invalid', path, text: 'Code is not in the required value set' });
    return;
  }
  if (!isObject(value)) {
    issues.push({ code: 'structure', path, text: `A ${type} is expected` });
    return;
  }
  if (type === 'Resource') {
    checkResource(value, path, issues);
    return;
  }
  const structure = structureOf(type);
  if (structure !== undefined) checkObject(value, structure, path, issues);
}

/** `_birthDate` and its like: id and extensions of a primitive. */
function checkSibling(value: unknown, element: Element, path: string, issues: Issue[]): void {
  if (!isPrimitive(element.types[0] ?? '')) {
    issues.push({ code: 'structure', path, text: 'Only a primitive has a sibling with underscore' });
    return;
  }
  const extension = structureOf('Extension');
  if (extension === undefined) return;
  const siblings: readonly unknown[] = element.repeats && Array.isArray(value) ? value : [value];
  for (const one of siblings) {
    if (one === null && element.repeats) continue;
    if (!isObject(one) || Object.keys(one).some(key => key !== 'id' && key !== 'extension')) {
      issues.push({ code: 'structure', path, text: 'Only id and extension are allowed here' });
      continue;
    }
    const list = Array.isArray(one.extension) ? (one.extension as unknown[]) : [];
    if (list.length === 0 && one.id === undefined)
      issues.push({ code: 'structure', path, text: 'Empty element' });
    list.forEach((entry, at) => {
      if (isObject(entry)) checkObject(entry, extension, `${path}.extension[${at}]`, issues);
    });
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
