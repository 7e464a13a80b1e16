import { derivedId, type WorkflowCommandRequestedV1 } from '@anamnesis/contracts';
import { encodeEvent, type Decision, type Decisions } from '@anamnesis/processing';
import { httpProblem, notFound, type Caller, type ServiceContext } from '@anamnesis/service';
import { logTopic, service } from '../names.js';

/** A person's command and where it came from. */
export interface RequestedCommand {
  readonly caller: Caller;
  readonly command: WorkflowCommandRequestedV1['command'];
  readonly task: string;
  readonly srid?: string;
  readonly ifMatch: number;
  readonly note?: string;
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
}

export interface Commands {
  /**
   * Appends the command as an intent and waits for its decision.
   * Raised when it is not decided in time (503): the same Idempotency-Key then finds the first decision.
   */
  submit(requested: RequestedCommand): Promise<Decision>;
}

const waitMs = 5_000;

export function createCommands(
  { writer, tenants, clock, random, keyring }: ServiceContext,
  decisions: Decisions,
): Commands {
  return {
    async submit({ caller, command, task, srid, ifMatch, note, idempotencyKey, traceparent }) {
      const tenant = tenants.get(caller.tenant);
      if (!tenant) throw notFound('This task');
      const once = idempotencyKey ?? Buffer.from(random(16)).toString('hex');
      const id = derivedId(tenant.idKey, 'event', [
        'http',
        service,
        tenant.name,
        once,
        caller.sub,
        command,
        task,
      ]);
      const known = idempotencyKey === undefined ? undefined : await decisions.find(id);
      if (known) return known;
      const key = String(tenant.shard);
      const waiting = decisions.wait(id, waitMs);
      await writer.append([
        encodeEvent(
          {
            id,
            source: service,
            type: 'workflow.command-requested.v1',
            time: new Date(clock()).toISOString(),
            partitionKey: key,
            tenant: tenant.name,
            srid,
            correlationId: id,
            traceparent,
          },
          {
            command,
            task,
            actor: { sub: caller.sub, roles: [...caller.roles] },
            ifMatch,
            ...(note === undefined ? {} : { note }),
          },
          // A note is free text, and free text is patient data until proven otherwise.
          { topic: logTopic, partition: tenant.shard, key, dataKey: keyring.shared(tenant.name, id), random },
        ),
      ]);
      const decision = await waiting;
      if (!decision)
        throw httpProblem({
          status: 503,
          code: 'ANM_DECISION_PENDING',
          text: 'The command is recorded and not decided yet: ask again with the same Idempotency-Key',
          retryAfterSeconds: 1,
        });
      return decision;
    },
  };
}
