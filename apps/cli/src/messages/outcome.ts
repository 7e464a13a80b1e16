import { setTimeout as sleep } from 'node:timers/promises';
import { defineError } from '@anamnesis/contracts';
import type { Answer, Session } from '@anamnesis/client';
import type { MessageLineage } from './answerTypes.js';

/** Raised when a service answers with something else than was asked for. */
export const answerUnexpected = defineError(
  'ANM_ANSWER_UNEXPECTED',
  'stop',
  (f: { service: string; path: string; status: number; text: string }) =>
    `${f.service} answered ${f.status} to ${f.path}: ${f.text}`,
);

function sentenceOf(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.slice(0, 300);
}

/** The body of a 200, typed as the service documents it. */
export function expectOk<T>(answer: Answer, service: string, path: string): T {
  if (answer.status !== 200)
    throw answerUnexpected({ service, path, status: answer.status, text: sentenceOf(answer.body) });
  return answer.body as T;
}

/** Ids of the messages under a control id, newest first, as the gateway stores them. */
export async function messagesUnder(
  session: Session,
  interfaceId: string,
  controlId: string,
): Promise<{ id: string; state: string }[]> {
  const path = `/messages?control=${encodeURIComponent(controlId)}&interface=${encodeURIComponent(interfaceId)}`;
  const found = expectOk<{ messages: { id: string; state: string }[] }>(
    await session.call('gateway', path, { purpose: 'HOPERAT' }),
    'gateway',
    path,
  );
  return found.messages;
}

export interface Candidate {
  readonly id: string;
  readonly interface: string;
  readonly receivedAt: string;
  readonly messageType: string;
}

/** Messages that audit knows under a control id. */
export async function candidatesUnder(
  session: Session,
  controlId: string,
  interfaceId?: string,
): Promise<Candidate[]> {
  const narrowed = interfaceId === undefined ? '' : `&interface=${encodeURIComponent(interfaceId)}`;
  const path = `/lineage/messages?control=${encodeURIComponent(controlId)}${narrowed}`;
  return expectOk<{ candidates: Candidate[] }>(await session.call('audit', path), 'audit', path).candidates;
}

/** Lineage of a message, or undefined when audit does not know it yet. */
export async function lineageOf(session: Session, id: string): Promise<MessageLineage | undefined> {
  const path = `/lineage/messages/${id}`;
  const answer = await session.call('audit', path);
  return answer.status === 404 ? undefined : expectOk<MessageLineage>(answer, 'audit', path);
}

/** An exception is only done when workflow has opened its task; a recorded message when its hops stand still. */
function isSettled(lineage: MessageLineage): boolean {
  if (lineage.state === 'pending') return false;
  return lineage.exceptions.every(one => one.task !== undefined);
}

/** Polls until the message has an outcome that will not change by itself, or the time is over. */
export async function settled(
  session: Session,
  id: string,
  milliseconds: number,
): Promise<MessageLineage | undefined> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const lineage = await lineageOf(session, id);
    if (lineage && isSettled(lineage)) return lineage;
    if (Date.now() > end) return lineage;
    await sleep(150);
  }
}
