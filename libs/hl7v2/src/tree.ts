import type { Message } from './message.js';
import type { Hl7Finding } from './types.js';

/** A group of the message structure. `segments` are ordinals in the message, in its order. */
export interface Group {
  readonly name: string;
  readonly segments: readonly number[];
  readonly children: readonly Group[];
}

/** The whole message, named by its structure, with every recovery that grouping made. */
export interface GroupedMessage extends Group {
  readonly findings: readonly Hl7Finding[];
}

/** A group while it is being filled. */
export interface OpenGroup extends Group {
  readonly segments: number[];
  readonly children: OpenGroup[];
}

export interface TreeBuilder {
  readonly root: OpenGroup;
  /** The group that took the last segment: unknown and Z segments go there. */
  last(): OpenGroup;
  open(parent: OpenGroup, name: string): OpenGroup;
  add(group: OpenGroup, segment: number): void;
  /** Adds without becoming the last open group. */
  addAside(group: OpenGroup, segment: number): void;
  found(rule: string, segment: number, note: string, severity?: Hl7Finding['severity']): void;
  done(): GroupedMessage;
}

export function treeBuilder(message: Message, name: string): TreeBuilder {
  const findings: Hl7Finding[] = [];
  const root: OpenGroup = { name, segments: [], children: [] };
  let last = root;
  return {
    root,
    last: () => last,
    open(parent, childName) {
      const child: OpenGroup = { name: childName, segments: [], children: [] };
      parent.children.push(child);
      return child;
    },
    add(group, segment) {
      group.segments.push(segment);
      last = group;
    },
    addAside(group, segment) {
      group.segments.push(segment);
    },
    found(rule, segment, note, severity = 'warning') {
      findings.push({
        rule,
        severity,
        span: message.segmentSpan(segment),
        path: message.segmentName(segment),
        note,
      });
    },
    done: () => ({ ...root, findings }),
  };
}

/** Adds a segment that the structure does not know to the last open group; for Z segments that is where they belong. */
export function addUnknown(tree: TreeBuilder, name: string, segment: number): void {
  const local = name.startsWith('Z');
  tree.found(
    local ? 'segment-local' : 'segment-unknown',
    segment,
    local
      ? 'A local segment is kept in the last open group.'
      : 'The structure has no such segment here: it is kept in the last open group.',
    local ? 'information' : 'warning',
  );
  tree.add(tree.last(), segment);
}
