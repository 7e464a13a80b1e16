import type { Message } from './message.js';
import { structureOf } from './structures.js';

/** A party of the exchange: the parts of MSH-3/4 or MSH-5/6 as HD (namespace, universal id, its type). */
export interface Party {
  readonly namespace: string;
  readonly universalId: string;
  readonly universalIdType: string;
}

/** What the MSH segment says. Absent parts are ''. */
export interface Header {
  readonly sendingApplication: Party;
  readonly sendingFacility: Party;
  readonly receivingApplication: Party;
  readonly receivingFacility: Party;
  /** MSH-7 as sent. */
  readonly timestamp: string;
  readonly type: MessageType;
  readonly controlId: string;
  readonly processingId: string;
  readonly version: string;
  /** MSH-15 and MSH-16: AL, NE, ER, SU, or '' for the original acknowledgement mode. */
  readonly acceptAck: string;
  readonly applicationAck: string;
}

/** MSH-9. `structure` is derived from code and trigger where the sender leaves it out; `declared` is what was sent. */
export interface MessageType {
  readonly code: string;
  readonly trigger: string;
  readonly structure: string;
  readonly declared: string;
}

/** Reads the header of a message. */
export function header(message: Message): Header {
  return {
    sendingApplication: party(message, 3),
    sendingFacility: party(message, 4),
    receivingApplication: party(message, 5),
    receivingFacility: party(message, 6),
    timestamp: message.text(0, 7),
    type: messageType(message),
    controlId: message.text(0, 10),
    processingId: message.text(0, 11),
    version: message.text(0, 12),
    acceptAck: message.text(0, 15),
    applicationAck: message.text(0, 16),
  };
}

/** Reads MSH-9. */
export function messageType(message: Message): MessageType {
  const code = message.text(0, 9).trim();
  const trigger = message.text(0, 9, 1, 2).trim();
  const declared = message.text(0, 9, 1, 3).trim();
  return { code, trigger, declared, structure: declared === '' ? structureOf(code, trigger) : declared };
}

function party(message: Message, field: number): Party {
  return {
    namespace: message.text(0, field),
    universalId: message.text(0, field, 1, 2),
    universalIdType: message.text(0, field, 1, 3),
  };
}
