import { groupMerge } from './groupMerge.js';
import { groupResult } from './groupResult.js';
import { messageType } from './header.js';
import type { Message } from './message.js';
import { structureOf } from './structures.js';
import { treeBuilder, type GroupedMessage, type TreeBuilder } from './tree.js';

/** Structures with groups of their own; all others are one flat group (that of ADT_A01 is flat in the standard too). */
const shapes: Readonly<Record<string, (message: Message, tree: TreeBuilder) => void>> = {
  ADT_A39: groupMerge,
  ORU_R01: groupResult,
};

/**
 * Groups the segments of a message by its structure. Every segment has its place: what stands where the structure does
 * not expect it goes to the group it belongs to, or to the last open one, and each such recovery is a finding.
 * The trigger decides over a declared structure that contradicts it (MSH-9.3 is wrong more often than MSH-9.2).
 */
export function group(message: Message): GroupedMessage {
  const { code, trigger, structure } = messageType(message);
  const derived = structureOf(code, trigger);
  const name = shapes[derived] ? derived : structure;
  const tree = treeBuilder(message, name);
  if (name !== structure)
    tree.found('structure-mismatch', 0, 'MSH-9.3 contradicts MSH-9.2, which is followed.');
  const shape = shapes[name];
  if (shape) shape(message, tree);
  else groupFlat(message, tree);
  return tree.done();
}

function groupFlat(message: Message, tree: TreeBuilder): void {
  let patients = 0;
  for (let segment = 0; segment < message.segmentCount; segment += 1) {
    if (message.segmentName(segment) === 'PID') patients += 1;
    if (message.segmentName(segment) === 'PID' && patients > 1)
      tree.found('patient-repeated', segment, 'A second PID in a message about one patient.');
    tree.add(tree.root, segment);
  }
}
