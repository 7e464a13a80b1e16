import type { Session } from '@anamnesis/client';
import { createMllpClient, parseAcknowledgement, type Acknowledgement } from '@anamnesis/simulation';
import type { TestStack } from '../checks/testStack.js';
import type { MessageLineage } from '../messages/answerTypes.js';
import { interfaceOf, listenerOf } from '../messages/interfaceOf.js';
import { candidatesUnder, settled } from '../messages/outcome.js';
import { eventually, patienceMs } from './eventually.js';

/** A message that was answered and followed to its outcome. */
export interface Followed {
  readonly ack: Acknowledgement;
  /** The answer as it came, without framing. */
  readonly answer: string;
  readonly lineage: MessageLineage;
}

/** A sending system: one message, its answer, and what became of it. */
export interface ShowSender {
  answerTo(interfaceId: string, text: string): Promise<{ ack: Acknowledgement; answer: string }>;
  /** Raised when the message has no outcome in time. */
  follow(interfaceId: string, text: string): Promise<Followed>;
}

/** `auditor` follows the messages and is of the tenant that the interfaces belong to. */
export function createShowSender(stack: TestStack, auditor: Session): ShowSender {
  const answerTo: ShowSender['answerTo'] = async (interfaceId, text) => {
    const client = createMllpClient(listenerOf(await interfaceOf(interfaceId), stack.env));
    try {
      const answer = await client.send(Buffer.from(text, 'utf8'));
      return { ack: parseAcknowledgement(answer), answer: answer.toString('utf8') };
    } finally {
      client.close();
    }
  };
  return {
    answerTo,
    async follow(interfaceId, text) {
      const answered = await answerTo(interfaceId, text);
      const { controlId, code, answerId } = answered.ack;
      const candidates = await eventually(
        () => candidatesUnder(auditor, controlId, interfaceId),
        found => found.some(({ id }) => id.startsWith(answerId)),
      );
      const id = candidates.find(one => one.id.startsWith(answerId))?.id;
      const lineage = id === undefined ? undefined : await settled(auditor, id, patienceMs);
      if (!lineage || lineage.state === 'pending')
        throw new Error(`Message ${controlId} of ${interfaceId} was answered ${code} and has no outcome`);
      return { ...answered, lineage };
    },
  };
}
