/**
 * Every reason for which the gateway answers AE or AR, with what it says to the sender and to the person who has to
 * act. No text here holds content of a message.
 */
export interface Refusal {
  readonly cause: RefusalCause;
  readonly code: 'AE' | 'AR';
  /** HL7 table 0357. */
  readonly condition: number;
  readonly text: string;
  /** ERR-2 (ERL): segment^sequence^field. */
  readonly location?: string;
  readonly ownerRole: 'integrator';
  readonly act: string;
}

export type RefusalCause =
  | 'no-header'
  | 'undecodable'
  | 'too-large'
  | 'type-missing'
  | 'type-not-listed'
  | 'trigger-not-listed'
  | 'processing-id-missing'
  | 'processing-id-not-accepted'
  | 'version-not-accepted'
  | 'control-id-missing'
  | 'control-id-reused';

type Row = readonly [code: 'AE' | 'AR', condition: number, text: string, act: string, location?: string];

const rows: Record<RefusalCause, Row> = {
  'no-header': [
    'AE',
    100,
    'No MSH segment: this is not an HL7 v2 message',
    'Find out what sends to this port and correct the sender or the address',
  ],
  undecodable: [
    'AE',
    100,
    'MSH-1 and MSH-2 do not declare usable delimiters',
    'Correct the sender: MSH-1 and MSH-2 must declare the delimiters it uses',
    'MSH^1^2',
  ],
  'too-large': [
    'AE',
    104,
    'The message is larger than this interface takes',
    'Raise transport.maxBytes of the interface, or have the sender split the message',
  ],
  'type-missing': ['AE', 101, 'MSH-9 is empty', 'Correct the sender: MSH-9 is required', 'MSH^1^9'],
  'type-not-listed': [
    'AR',
    200,
    'This interface does not take this message type',
    'Add the message type to accept.triggers of the interface, or stop the sender sending it',
    'MSH^1^9^1^1',
  ],
  'trigger-not-listed': [
    'AR',
    201,
    'This interface does not take this trigger event',
    'Add the trigger to accept.triggers of the interface, or stop the sender sending it',
    'MSH^1^9^1^2',
  ],
  'processing-id-missing': [
    'AE',
    101,
    'MSH-11 is empty',
    'Correct the sender: MSH-11 says whether a message is production, training or debugging',
    'MSH^1^11',
  ],
  'processing-id-not-accepted': [
    'AR',
    202,
    'This interface does not take this processing id',
    'Point the sender at the interface for its processing id; test and production never mix',
    'MSH^1^11',
  ],
  'version-not-accepted': [
    'AR',
    203,
    'This interface does not take this HL7 version',
    'Add the version to accept.versions of the interface, or change the sender',
    'MSH^1^12',
  ],
  'control-id-missing': [
    'AE',
    101,
    'MSH-10 is empty',
    'Correct the sender: without MSH-10 no answer can be told apart',
    'MSH^1^10',
  ],
  'control-id-reused': [
    'AE',
    205,
    'This control id was used for another message',
    'Correct the sender: this interface wants each MSH-10 once within its window',
    'MSH^1^10',
  ],
};

export function refusal(cause: RefusalCause): Refusal {
  const [code, condition, text, act, location] = rows[cause];
  return { cause, code, condition, text, act, location, ownerRole: 'integrator' };
}
