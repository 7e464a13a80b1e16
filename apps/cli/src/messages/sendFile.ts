import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InterfaceContract } from '@anamnesis/mapping';
import { parseAcknowledgement, type Acknowledgement, type MllpClient } from '@anamnesis/simulation';
import type { Session } from '@anamnesis/client';
import type { MessageLineage } from './answerTypes.js';
import { messagesUnder, settled } from './outcome.js';

export interface SentFile {
  readonly file: string;
  readonly interface: string;
  readonly ack: Acknowledgement;
  /** Epoch milliseconds at which the answer was there. */
  readonly answeredAt: number;
  readonly ackMs: number;
}

/** Sends the bytes of one file, as they are, as one message. */
export async function sendFile(
  client: MllpClient,
  contract: InterfaceContract,
  file: string,
): Promise<SentFile> {
  const bytes = await readFile(file);
  const start = performance.now();
  const ack = parseAcknowledgement(await client.send(bytes));
  return {
    file,
    interface: contract.id,
    ack,
    answeredAt: Date.now(),
    ackMs: Math.round((performance.now() - start) * 10) / 10,
  };
}

/** What became of a sent file: one line of `send --json`. */
export interface SentOutcome {
  readonly file: string;
  readonly interface: string;
  readonly controlId: string;
  readonly ack: string;
  readonly state: 'recorded' | 'exception' | 'unaccounted';
  readonly messageId?: string;
  readonly exception?: {
    readonly id: string;
    readonly code: string;
    readonly owner: string;
    readonly act: string;
  };
}

/** The full id of the message that an answer names by its first characters. */
async function messageIdOf(session: Session, sent: SentFile): Promise<string | undefined> {
  const { controlId, answerId } = sent.ack;
  if (controlId === '') return undefined;
  for (let tries = 0; tries < 40; tries += 1) {
    const found = (await messagesUnder(session, sent.interface, controlId)).find(one =>
      one.id.startsWith(answerId),
    );
    if (found) return found.id;
    await sleep(150);
  }
  return undefined;
}

/** Follows a sent message to its outcome. A negative answer without a control id is known by the answer alone. */
export async function followFile(
  session: Session,
  contract: InterfaceContract,
  sent: SentFile,
  milliseconds = 30_000,
): Promise<{ outcome: SentOutcome; lineage?: MessageLineage }> {
  const base = {
    file: sent.file,
    interface: sent.interface,
    controlId: sent.ack.controlId,
    ack: sent.ack.code,
  };
  const messageId = await messageIdOf(session, sent);
  if (messageId === undefined) {
    if (sent.ack.code === 'AA' || sent.ack.code === '') return { outcome: { ...base, state: 'unaccounted' } };
    const exception = {
      id: sent.ack.answerId,
      code: sent.ack.condition,
      owner: contract.exceptions.ownerRole,
      act: sent.ack.text,
    };
    return { outcome: { ...base, state: 'exception', exception } };
  }
  const lineage = await settled(session, messageId, milliseconds);
  const first = lineage?.exceptions[0];
  if (first)
    return {
      lineage,
      outcome: {
        ...base,
        messageId,
        state: 'exception',
        exception: { id: first.itemId, code: first.code, owner: first.ownerRole, act: first.act },
      },
    };
  return {
    lineage,
    outcome: { ...base, messageId, state: lineage?.state === 'recorded' ? 'recorded' : 'unaccounted' },
  };
}
