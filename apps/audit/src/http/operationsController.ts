import { Controller, Get, Inject, Query } from '@nestjs/common';
import { Caller, Purpose, SERVICE_CONTEXT, type ServiceContext } from '@anamnesis/service';
import { badRequest } from '../errors.js';
import { completeness, type Completeness } from '../store/completenessStore.js';
import { hopsSince, type HopPage } from '../store/hopStore.js';
import { only, text, time, whole, type Query as Parameters } from './parameters.js';

/** A hop as operators list it: positions, times and ids, no facts. */
export interface ListedHop {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Append time, epoch milliseconds. */
  readonly time: number;
  readonly type: string;
  readonly eventId: string;
  readonly correlationId: string;
  readonly leaf: { readonly partition: number; readonly offset: number };
}

const hourMs = 3_600_000;
/** Envelopes of different topics do not arrive in the order of their causes: the newest seconds are left out. */
const settlingMs = 30_000;

/** Opaque outside: where the next page begins. */
function encodeToken(after: HopPage['after']): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url');
}

function decodeToken(token: string): HopPage['after'] {
  try {
    const after = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as NonNullable<
      HopPage['after']
    >;
    if (
      [after.time, after.partition, after.offset].every(Number.isInteger) &&
      typeof after.topic === 'string'
    )
      return after;
  } catch {
    // Told below, as any other token that is not ours.
  }
  throw badRequest({ sentence: 'This page token is not one of ours' });
}

@Controller()
export class OperationsController {
  constructor(@Inject(SERVICE_CONTEXT) private readonly context: ServiceContext) {}

  @Get('completeness')
  async completeness(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Query() query: Parameters,
  ): Promise<Completeness> {
    only(query, ['since', 'until']);
    const until = time(query, 'until') ?? this.context.clock() - settlingMs;
    const since = time(query, 'since') ?? until - hourMs;
    const permit = await this.context.access.enter({
      caller,
      purpose,
      action: 'read',
      resourceType: 'Completeness',
    });
    const found = await completeness(
      this.context.pool,
      caller.tenant,
      new Date(since).toISOString(),
      new Date(until).toISOString(),
    );
    await permit.record([]);
    return found;
  }

  @Get('hops')
  async hops(
    @Caller() caller: Caller,
    @Purpose() purpose: string | undefined,
    @Query() query: Parameters,
  ): Promise<{ hops: ListedHop[]; next?: string }> {
    only(query, ['since', 'limit', 'page']);
    const since = time(query, 'since');
    if (since === undefined) throw badRequest({ sentence: 'Name a time: ?since=…' });
    const limit = whole(query, 'limit', { least: 1, most: 10_000 }) ?? 1_000;
    const page = text(query, 'page');
    const after = page === undefined ? undefined : decodeToken(page);
    const permit = await this.context.access.enter({ caller, purpose, action: 'read', resourceType: 'Hop' });
    const rows = await hopsSince(this.context.pool, caller.tenant, { since, after, limit });
    await permit.record([]);
    const hops = rows.map(({ topic, partition, offset, time: at, type, eventId, correlationId, ...row }) => ({
      topic,
      partition,
      offset,
      time: at,
      type,
      eventId,
      correlationId,
      leaf: { partition: row.logPartition, offset: row.logOffset },
    }));
    const last = hops.at(-1);
    if (!last || hops.length < limit) return { hops };
    const { topic, partition, offset } = last;
    return { hops, next: encodeToken({ time: last.time, topic, partition, offset }) };
  }
}
