import { isPrimitive, structureOf, type Element } from '@anamnesis/fhir';

/** How a step picks among entries: the element itself, a new entry, the last one, or an index. */
export type Pick = 'one' | 'add' | 'last' | number;

export interface Step {
  /** As the path says it. */
  readonly name: string;
  /** As JSON writes it: `_birthDate` for what hangs on a primitive. */
  readonly key: string;
  readonly pick: Pick;
}

export interface TargetPath {
  readonly steps: readonly Step[];
  /** The element that the last step reaches. */
  readonly element: Element;
  readonly type: string;
  /** How many leading steps lead to the innermost entry that the path opens; 0 when it opens none. */
  readonly entrySteps: number;
  /** Type of that entry, or of the start. */
  readonly entryType: string;
}

const stepPattern = /^([a-zA-Z][A-Za-z0-9]*)(?:\[(\+|=|\d+)\])?$/;

/**
 * Resolves an element path against R4, from a resource type, backbone or datatype on. Returns a sentence instead
 * when R4 has no such path.
 */
export function resolveTarget(from: string, path: string): TargetPath | string {
  const steps: Step[] = [];
  let type = from;
  let element: Element | undefined;
  let entrySteps = 0;
  let entryType = from;
  for (const part of path.split('.')) {
    const match = stepPattern.exec(part);
    if (match === null) return `"${part}" is no step of a path`;
    const [, name = '', index] = match;
    const above = steps.at(-1);
    if (isPrimitive(type) && above !== undefined) {
      if (name !== 'extension') return `${type} has only extensions, no ${name}`;
      steps[steps.length - 1] = { ...above, key: `_${above.name}` };
      if (above.pick !== 'one')
        return `extensions of a repeating primitive (${above.name}) cannot be written`;
    }
    const owner = isPrimitive(type) ? 'Extension' : type;
    element = structureOf(owner)?.elements.get(name);
    if (element === undefined) return `${type} has no element ${name} in R4`;
    if (element.repeats && index === undefined) return `${name} repeats: write ${name}[+], [=] or an index`;
    if (!element.repeats && index !== undefined) return `${name} does not repeat`;
    const pick: Pick =
      index === undefined ? 'one' : index === '+' ? 'add' : index === '=' ? 'last' : Number(index);
    steps.push({ name, key: name, pick });
    type = element.types[0] ?? '';
    if (pick !== 'one' && !isPrimitive(type)) {
      entrySteps = steps.length;
      entryType = type;
    }
  }
  if (element === undefined) return 'the path is empty';
  return { steps, element, type, entrySteps, entryType };
}
