import { balance, type FoundBooks, type SenderBooks } from './ledger.js';

const sent: SenderBooks = {
  messages: [
    { controlId: 'A1', accepted: true },
    { controlId: 'R1', accepted: true },
  ],
  visits: [{ mrn: 'M1', filler: 'F1', values: 2, registration: 'A1', result: 'R1' }],
};
const once = { states: ['recorded'], decisions: 1 };
const found = (changes: {
  message?: FoundBooks['messages'] extends ReadonlyMap<string, infer M> ? M : never;
  reports?: { reports: number[]; observations: number[] };
  patients?: { patients: number; tasks: number };
}): FoundBooks => ({
  messages: new Map([
    ['A1', once],
    ['R1', changes.message ?? once],
  ]),
  reports: new Map([['F1', changes.reports ?? { reports: [1], observations: [1, 1] }]]),
  patients: new Map([['M1', changes.patients ?? { patients: 1, tasks: 1 }]]),
});

describe('the ledger', () => {
  it('balances when everything is there once', () => {
    expect(balance(sent, found({}))).toEqual({ lost: [], doubled: [] });
  });

  it.each([
    ['a message that is not recorded', { message: { states: ['pending'], decisions: 1 } }],
    ['a message that nobody knows', { message: { states: [], decisions: 1 } }],
    ['a message without a decision', { message: { states: ['recorded'], decisions: 0 } }],
    ['a report', { reports: { reports: [], observations: [1, 1] } }],
    ['one value', { reports: { reports: [1], observations: [1] } }],
    ['the patient', { patients: { patients: 0, tasks: 1 } }],
    ['the task', { patients: { patients: 1, tasks: 0 } }],
  ])('finds lost: %s', (_, changes) => {
    const { lost, doubled } = balance(sent, found(changes));
    expect(lost).toHaveLength(1);
    expect(doubled).toEqual([]);
  });

  it.each([
    ['a message', { message: { states: ['recorded', 'recorded'], decisions: 1 } }],
    ['a decision', { message: { states: ['recorded'], decisions: 2 } }],
    ['a report', { reports: { reports: [1, 1], observations: [1, 1] } }],
    ['a version of a report', { reports: { reports: [2], observations: [1, 1] } }],
    ['a value', { reports: { reports: [1], observations: [1, 1, 1] } }],
    ['a version of a value', { reports: { reports: [1], observations: [1, 2] } }],
    ['a patient', { patients: { patients: 2, tasks: 1 } }],
    ['a task', { patients: { patients: 1, tasks: 2 } }],
  ])('finds doubled: %s', (_, changes) => {
    const { lost, doubled } = balance(sent, found(changes));
    expect(doubled).toHaveLength(1);
    expect(lost).toEqual([]);
  });

  it('owes nothing to a message that was not answered', () => {
    const refused = { ...sent, messages: sent.messages.map(one => ({ ...one, accepted: false })) };
    const nothing = { messages: new Map(), reports: new Map(), patients: new Map() };
    expect(balance(refused, nothing)).toEqual({ lost: [], doubled: [] });
  });
});
