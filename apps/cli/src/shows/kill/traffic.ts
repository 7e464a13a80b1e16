import {
  adt,
  bloodCount,
  hospitalAuthority,
  oru,
  population,
  seeded,
  sendOpenLoop,
  type PlannedMessage,
  type SentMessage,
} from '@anamnesis/simulation';
import type { TestStack } from '../../checks/testStack.js';
import { interfaceOf, listenerOf } from '../../messages/interfaceOf.js';

/** One registration and one result of a fresh patient, and what should come of them. */
export interface Visit {
  readonly mrn: string;
  readonly filler: string;
  /** Values of the result: one Observation each. */
  readonly values: number;
  readonly registration: string;
  readonly result: string;
}

/** What one round sends. */
export interface Round {
  readonly visits: readonly Visit[];
  readonly messages: readonly PlannedMessage[];
}

export const adtInterface = 'adt-main';
export const labInterface = 'lab-results';

const visitsPerRound = 20;
const spacingMs = 60;
/** The result follows its registration by so many places, so that both kinds are under way at any moment. */
const resultDelay = 5;
const size = 3;

/** Messages of round `n`: patients, control ids and filler numbers that no other round has. */
export async function planRound(stack: TestStack, n: number, start: number): Promise<Round> {
  const adtListener = listenerOf(await interfaceOf(adtInterface), stack.env);
  const labListener = listenerOf(await interfaceOf(labInterface), stack.env);
  const random = seeded(600 + n);
  const patients = population(visitsPerRound, random, 6_000 + n * 100);
  const facts = (application: string, controlId: string, due: number) => ({
    sender: { application, facility: 'GENERAL', authority: hospitalAuthority },
    controlId,
    at: new Date(start + due),
  });
  const rounds = patients.map((patient, at) => {
    const filler = `SHOW6F${n}X${at}`;
    const [registration, result] = [`SHOW6A${n}X${at}`, `SHOW6R${n}X${at}`];
    const due = at * 2 * spacingMs;
    const resultDue = due + (2 * resultDelay + 1) * spacingMs;
    const admission = adt(facts('ADT', registration, due), 'A04', patient);
    const report = oru(facts('LAB', result, resultDue), patient, bloodCount(random, filler, 'F', size));
    const plan = (target: typeof adtListener, controlId: string, at0: number, text: string) => ({
      ...target,
      due: at0,
      controlId,
      orderKey: patient.mrn,
      bytes: Buffer.from(text, 'utf8'),
    });
    return {
      visit: { mrn: patient.mrn, filler, values: size, registration, result },
      messages: [
        plan(adtListener, registration, due, admission),
        plan(labListener, result, resultDue, report),
      ],
    };
  });
  return {
    visits: rounds.map(({ visit }) => visit),
    messages: rounds.flatMap(({ messages }) => messages).sort((a, b) => a.due - b.due),
  };
}

/** Messages under way in open loop; each is sent again with the same bytes until it is answered. */
export interface Sending {
  /** Resolves when so many are answered, with how many are by then. Raised when sending ends without. */
  answered(count: number): Promise<number>;
  /** Resolves when all are answered, or when the time is over, with the answers that came. */
  readonly done: Promise<readonly SentMessage[]>;
}

export function startSending(messages: readonly PlannedMessage[], milliseconds: number): Sending {
  const answers: SentMessage[] = [];
  const waiting = new Map<() => void, number>();
  const done = sendOpenLoop(messages, {
    connections: 2,
    clock: Date.now,
    signal: AbortSignal.timeout(milliseconds),
    onSent: sent => {
      answers.push(sent);
      for (const [tell, count] of waiting) if (answers.length >= count) tell();
    },
  }).then(() => answers);
  return {
    done,
    async answered(count) {
      const reached = new Promise<void>(resolve => waiting.set(resolve, count));
      const gaveUp = done.then(() => {
        if (answers.length < count) throw new Error(`Only ${answers.length} messages were answered`);
      });
      await Promise.race([reached, gaveUp]);
      return answers.length;
    },
  };
}
