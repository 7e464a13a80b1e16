import type { Message } from './message.js';
import { addUnknown, type OpenGroup, type TreeBuilder } from './tree.js';

const before = new Set(['MSH', 'SFT', 'UAC', 'ARV', 'EVN']);
const within = new Set(['PID', 'PD1', 'MRG', 'PV1']);

/**
 * ADT_A39 (A39 to A42): one PATIENT group per merge, with the surviving PID and the MRG that names what is merged into
 * it. A second MRG stays with the PID before it: the survivor is the same.
 */
export function groupMerge(message: Message, tree: TreeBuilder): void {
  let patient: OpenGroup | undefined;
  let merges = 0;
  let first = 0;
  const close = () => {
    if (patient && merges === 0)
      tree.found('merge-missing', first, 'A patient without MRG: nothing says what is merged.', 'error');
  };
  for (let segment = 0; segment < message.segmentCount; segment += 1) {
    const name = message.segmentName(segment);
    if (before.has(name)) {
      if (patient)
        tree.found('segment-out-of-order', segment, 'A header segment stands after the first patient.');
      tree.add(tree.root, segment);
      continue;
    }
    if (!within.has(name)) {
      addUnknown(tree, name, segment);
      continue;
    }
    if (name === 'PID' || !patient) {
      close();
      patient = tree.open(tree.root, 'PATIENT');
      merges = 0;
      first = segment;
      if (name !== 'PID')
        tree.found('patient-missing', segment, 'No PID stands before this segment.', 'error');
    }
    if (name === 'MRG') {
      merges += 1;
      if (merges > 1) tree.found('merge-repeated', segment, 'A second MRG for one PID.');
    }
    tree.add(patient, segment);
  }
  close();
}
