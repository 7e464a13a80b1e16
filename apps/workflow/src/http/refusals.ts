import { httpProblem, type HttpProblem } from '@anamnesis/service';

const refusals: Readonly<Record<string, readonly [status: number, text: string]>> = {
  'task-unknown': [404, 'This task is not known here'],
  'version-conflict': [412, 'The task has changed since it was read: read it again'],
  'already-claimed': [409, 'Somebody else has claimed this task'],
  'task-closed': [409, 'This task is completed'],
  'not-claimed': [409, 'Claim the task before completing it'],
  'not-owner': [403, 'Only the person who claimed this task, or an operator, may do this'],
  'role-missing': [403, 'Only the owner role of this task, or an operator, may do this'],
};

/** The answer to a command that the decider refused. */
export function refusalOf(code: string | undefined): HttpProblem {
  const [status, text] = refusals[code ?? ''] ?? [422, 'The command was refused'];
  return httpProblem({
    status,
    code: `ANM_${(code ?? 'command-refused').toUpperCase().replaceAll('-', '_')}`,
    text,
  });
}
