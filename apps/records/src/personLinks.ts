import type pg from 'pg';
import { defineError, type IdentityDecidedV1 } from '@anamnesis/contracts';
import type { Keyring } from '@anamnesis/keys';
import { createProjection, type DecodedEvent, type Processor, type Sql } from '@anamnesis/processing';

/** Raised when a decision of identity cannot be read: links without it would be wrong. */
export const linksUnreadable = defineError(
  'ANM_LINKS_UNREADABLE',
  'stop',
  (f: { topic: string; partition: number; offset: number; code: string }) =>
    `${f.topic}/${f.partition} at ${f.offset} could not be read (${f.code}): person links stop here until it can`,
);

interface Link {
  readonly tenant: string;
  readonly srid: string;
  readonly person: string;
  readonly epoch: number;
}

/** A link of identity, and whether it completes its epoch. */
interface AssertedLink extends Link {
  readonly last: boolean;
}

export function linksOf(events: readonly DecodedEvent[]): AssertedLink[] {
  return events.flatMap(event => {
    if (!event.readable) {
      // An erased source record has no links to show; everything else must not be passed over.
      if (event.code === 'erased') return [];
      const { topic, partition, offset } = event.record;
      throw linksUnreadable({ topic, partition, offset, code: event.code });
    }
    const { attributes, payload } = event.event;
    return (payload as IdentityDecidedV1).facts.flatMap(fact =>
      fact.fact === 'link-asserted'
        ? [
            {
              tenant: attributes.tenant,
              srid: fact.srid,
              person: fact.person,
              epoch: fact.epoch,
              last: fact.last,
            },
          ]
        : [],
    );
  });
}

/** Links of complete epochs, in order, and those that still wait for the last link of theirs. */
export function wholeEpochs(
  staged: readonly Link[],
  asserted: readonly AssertedLink[],
): { applied: readonly Link[]; waiting: readonly Link[] } {
  const applied: Link[] = [];
  let waiting: Link[] = [...staged];
  for (const { last, ...link } of asserted) {
    waiting.push(link);
    if (!last) continue;
    const complete = (one: Link): boolean => one.tenant === link.tenant && one.epoch === link.epoch;
    applied.push(...waiting.filter(complete));
    waiting = waiting.filter(one => !complete(one));
  }
  return { applied, waiting };
}

const columns = (links: readonly Link[]): unknown[] => [
  links.map(l => l.tenant),
  links.map(l => l.srid),
  links.map(l => l.person),
  links.map(l => l.epoch),
];

async function fold(sql: Sql, events: readonly DecodedEvent[]): Promise<void> {
  const asserted = linksOf(events);
  if (asserted.length === 0) return;
  const tenants = [...new Set(asserted.map(link => link.tenant))];
  const { rows: staged } = await sql.query<Link>(
    'DELETE FROM person_link_staged WHERE tenant = ANY($1) RETURNING tenant, srid, person, epoch',
    [tenants],
  );
  staged.sort((a, b) => a.epoch - b.epoch || (a.srid < b.srid ? -1 : 1));
  const { applied, waiting } = wholeEpochs(staged, asserted);
  const newest = new Map(applied.map(link => [`${link.tenant} ${link.srid}`, link]));
  if (newest.size > 0)
    await sql.query(
      `INSERT INTO person_link AS l (tenant, srid, person, epoch)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
       ON CONFLICT (tenant, srid) DO UPDATE SET person = excluded.person, epoch = excluded.epoch`,
      columns([...newest.values()]),
    );
  if (waiting.length > 0)
    await sql.query(
      `INSERT INTO person_link_staged (tenant, srid, person, epoch)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
       ON CONFLICT (tenant, epoch, srid) DO UPDATE SET person = excluded.person`,
      columns(waiting),
    );
}

/** Read side of `identity.events`: which person a source record belongs to. Whole epochs only, each in one commit. */
export function createPersonLinks({ pool, keyring }: { pool: pg.Pool; keyring: Keyring }): Processor {
  return createProjection({
    name: 'records.person-link',
    version: 1,
    topics: ['identity.events'],
    pool,
    keyring,
    select: ({ type }) => type.startsWith('identity.decided.'),
    fold,
  });
}
