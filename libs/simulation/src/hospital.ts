import type { PlannedMessage } from './openLoop.js';
import { nextMessage, type Sender } from './messages.js';
import { population, type SyntheticPatient } from './population.js';
import { pick, seeded } from './random.js';

/** Where one tenant's feeds listen, and what its senders call themselves. */
export interface HospitalFeeds {
  readonly tenant: string;
  readonly host: string;
  readonly adtPort: number;
  readonly labPort: number;
}

/** The assigning authority of every synthetic hospital: the same one, so that tenants share MRNs. */
export const hospitalAuthority = 'GENHOS&2.16.840.1.113883.19.5&ISO';

export interface HospitalOptions {
  readonly feeds: readonly HospitalFeeds[];
  readonly seed: number;
  /** Messages per second over all tenants. */
  readonly rate: number;
  /** Messages in all; Infinity goes on until stopped. */
  readonly count: number;
  readonly patients: number;
  /** True when every patient was registered before this day: then the mix is 70 % results from the first message. */
  readonly registered?: boolean;
  /** Begins every control id, so that runs do not collide. */
  readonly run: string;
  readonly clock: () => number;
}

interface Ward {
  readonly feeds: HospitalFeeds;
  readonly patients: readonly SyntheticPatient[];
  readonly registered: Set<string>;
  readonly senders: { adt: Sender; lab: Sender };
}

function ward(feeds: HospitalFeeds, at: number, options: HospitalOptions): Ward {
  const sender = (application: string): Sender => ({
    application,
    facility: feeds.tenant.toUpperCase(),
    authority: hospitalAuthority,
  });
  return {
    feeds,
    patients: population(options.patients, seeded(options.seed + at)),
    registered: new Set(),
    senders: { adt: sender('ADT'), lab: sender('LAB') },
  };
}

/** The messages of a day, each with the moment at which its sender means to send it. Same options, same day. */
export function* hospitalDay(options: HospitalOptions): Generator<PlannedMessage> {
  const wards = options.feeds.map((feeds, at) => ward(feeds, at, options));
  const random = seeded(options.seed);
  const start = options.clock();
  for (let n = 0; n < options.count; n += 1) {
    const { feeds, patients, registered, senders } = pick(random, wards);
    const patient = pick(random, patients);
    const due = (n * 1_000) / options.rate;
    const controlId = `${options.run}${n.toString(36).toUpperCase()}`;
    const { kind, text } = nextMessage(
      random,
      patient,
      registered.has(patient.mrn),
      { controlId, at: new Date(start + due) },
      senders,
    );
    registered.add(patient.mrn);
    yield {
      due,
      controlId,
      host: feeds.host,
      port: kind === 'adt' ? feeds.adtPort : feeds.labPort,
      orderKey: `${feeds.tenant} ${patient.mrn}`,
      bytes: Buffer.from(text, 'utf8'),
    };
  }
}
