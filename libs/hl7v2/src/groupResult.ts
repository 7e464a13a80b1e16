import type { Message } from './message.js';
import { addUnknown, type OpenGroup, type TreeBuilder } from './tree.js';

const rootSegments = new Set(['MSH', 'SFT', 'UAC', 'ARV', 'ERR', 'DSC']);
const patientSegments = new Set(['PD1', 'NK1', 'PV1', 'PV2', 'AL1', 'DG1']);
const orderSegments = new Set(['TQ1', 'TQ2', 'CTD', 'FT1', 'CTI', 'BLG']);

/** What is open while the segments of a result message pass by. */
interface Open {
  result?: OpenGroup;
  patient?: OpenGroup;
  order?: OpenGroup;
  specimen?: OpenGroup;
  /** The open PATIENT has its PID, the open order its OBR. */
  identified: boolean;
  requested: boolean;
  /** The ordinal of the segment that opened the order. */
  orderedAt: number;
}

/**
 * ORU_R01: PATIENT_RESULT holds PATIENT and one ORDER_OBSERVATION per OBR, with its OBSERVATION and SPECIMEN groups.
 * An OBX after SPM stays an OBSERVATION of the order (senders use both places for the same thing); a second PID begins
 * a new PATIENT_RESULT; NTE goes with the PID, OBR, OBX or SPM before it.
 */
export function groupResult(message: Message, tree: TreeBuilder): void {
  const open: Open = { identified: false, requested: false, orderedAt: 0 };
  for (let segment = 0; segment < message.segmentCount; segment += 1)
    place(message.segmentName(segment), segment, open, tree);
  closeOrder(open, tree);
}

function place(name: string, segment: number, open: Open, tree: TreeBuilder): void {
  if (rootSegments.has(name)) tree.add(tree.root, segment);
  else if (name === 'PID') placePatient(segment, open, tree);
  else if (patientSegments.has(name)) placeInPatient(segment, open, tree);
  else if (name === 'ORC' || name === 'OBR') placeOrder(name, segment, open, tree);
  else if (name === 'OBX') placeObservation(segment, open, tree);
  else if (name === 'SPM') placeSpecimen(segment, open, tree);
  else if (name === 'SAC' && open.specimen) tree.add(open.specimen, segment);
  else if (name === 'NTE' || name === 'PRT') placeNote(segment, tree);
  else if (orderSegments.has(name)) tree.add(orderFor(segment, open, tree), segment);
  else addUnknown(tree, name, segment);
}

function placePatient(segment: number, open: Open, tree: TreeBuilder): void {
  if (open.identified)
    tree.found('patient-repeated', segment, 'Another PID begins another PATIENT_RESULT.', 'information');
  // A group that had to be opened before its PID, by PV1 for example, takes it; orders without a patient do not.
  if (open.identified || open.order) {
    closeOrder(open, tree);
    open.result = open.patient = undefined;
  }
  open.identified = true;
  tree.add(patientFor(segment, open, tree), segment);
}

function placeInPatient(segment: number, open: Open, tree: TreeBuilder): void {
  const patient = patientFor(segment, open, tree);
  if (!open.order) return tree.add(patient, segment);
  tree.found('segment-out-of-order', segment, 'A segment about the patient stands after an order.');
  // Notes that follow still belong to the order or observation before it.
  tree.addAside(patient, segment);
}

function placeOrder(name: string, segment: number, open: Open, tree: TreeBuilder): void {
  const observed = open.order?.children.some(child => child.name === 'OBSERVATION') ?? false;
  if (name === 'ORC' || !open.order || open.requested || observed) openOrder(segment, open, tree);
  if (name === 'OBR') open.requested = true;
  tree.add(orderFor(segment, open, tree), segment);
}

function placeObservation(segment: number, open: Open, tree: TreeBuilder): void {
  const order = orderFor(segment, open, tree);
  if (open.specimen)
    tree.found(
      'observation-after-specimen',
      segment,
      'An OBX after SPM stays with its order.',
      'information',
    );
  tree.add(tree.open(order, 'OBSERVATION'), segment);
}

function placeSpecimen(segment: number, open: Open, tree: TreeBuilder): void {
  open.specimen = tree.open(orderFor(segment, open, tree), 'SPECIMEN');
  tree.add(open.specimen, segment);
}

function placeNote(segment: number, tree: TreeBuilder): void {
  if (tree.last() === tree.root)
    tree.found('note-unbound', segment, 'Nothing that this segment could belong to stands before it.');
  tree.add(tree.last(), segment);
}

function resultFor(open: Open, tree: TreeBuilder): OpenGroup {
  open.result ??= tree.open(tree.root, 'PATIENT_RESULT');
  return open.result;
}

function patientFor(segment: number, open: Open, tree: TreeBuilder): OpenGroup {
  if (!open.identified && !open.patient)
    tree.found('patient-missing', segment, 'No PID stands before this segment.');
  open.patient ??= tree.open(resultFor(open, tree), 'PATIENT');
  return open.patient;
}

function openOrder(segment: number, open: Open, tree: TreeBuilder): void {
  closeOrder(open, tree);
  if (!open.result) tree.found('patient-missing', segment, 'No PID stands before this order.');
  open.order = tree.open(resultFor(open, tree), 'ORDER_OBSERVATION');
  open.orderedAt = segment;
}

function orderFor(segment: number, open: Open, tree: TreeBuilder): OpenGroup {
  if (!open.order) openOrder(segment, open, tree);
  return open.order ?? tree.root;
}

function closeOrder(open: Open, tree: TreeBuilder): void {
  if (open.order && !open.requested)
    tree.found('order-without-request', open.orderedAt, 'An order without OBR.');
  open.order = open.specimen = undefined;
  open.requested = false;
}
