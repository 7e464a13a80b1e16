import type { TaskState } from '@anamnesis/process';

/** A task with what its case says about it. */
export interface TaskView extends Omit<TaskState, 'node'> {
  readonly caseId: string;
  readonly definition: string;
  readonly causeEventId: string;
  readonly srid?: string;
  readonly interface?: string;
  readonly count: number;
}

export const fhirStatus = { ready: 'ready', claimed: 'in-progress', completed: 'completed' } as const;
export const statusOfFhir = new Map(
  Object.entries(fhirStatus).map(([own, fhir]) => [fhir as string, own as TaskState['status']]),
);

export const roleSystem = 'urn:anamnesis:role';

export function etagOf({ version }: Pick<TaskView, 'version'>): string {
  return `W/"${version}"`;
}

/** FHIR R4 Task: a projection of the case. Open and claimable = `ready` with a performerType and no owner. */
export function fhirTask(task: TaskView): Record<string, unknown> {
  return {
    resourceType: 'Task',
    id: task.task,
    meta: { versionId: String(task.version), lastUpdated: task.changedAt },
    identifier: [{ system: 'urn:anamnesis:case', value: task.caseId }],
    instantiatesUri: `urn:anamnesis:process:${task.definition}`,
    status: fhirStatus[task.status],
    ...(task.overdue ? { businessStatus: { text: 'overdue' } } : {}),
    intent: 'order',
    code: { text: task.title },
    description: task.act,
    focus: { identifier: { system: 'urn:anamnesis:event', value: task.causeEventId } },
    ...(task.srid === undefined ? {} : { for: { reference: `Patient/${task.srid}` } }),
    authoredOn: task.createdAt,
    lastModified: task.changedAt,
    performerType: [{ coding: [{ system: roleSystem, code: task.ownerRole }] }],
    ...(task.owner === undefined
      ? {}
      : { owner: { identifier: { system: 'urn:anamnesis:user', value: task.owner } } }),
    restriction: { period: { end: task.dueAt } },
    ...(task.note === undefined ? {} : { note: [{ text: task.note }] }),
    ...(task.interface === undefined && task.count === 0
      ? {}
      : {
          input: [
            ...(task.interface === undefined
              ? []
              : [{ type: { text: 'interface' }, valueString: task.interface }]),
            ...(task.count === 0 ? [] : [{ type: { text: 'items' }, valueUnsignedInt: task.count }]),
          ],
        }),
  };
}
