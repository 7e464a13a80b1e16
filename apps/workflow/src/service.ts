import { createLate, type ServiceDefinition } from '@anamnesis/service';
import type { Commands } from './http/commands.js';
import { ExceptionsController } from './http/exceptionsController.js';
import { COMMANDS, TasksController } from './http/tasksController.js';
import { service } from './names.js';
import { startWorkflow } from './processing.js';

/** Workflow: causes -> cases -> tasks with owners and clocks. */
export function workflowService(): ServiceDefinition {
  const commands = createLate<Commands>('The decider');
  return {
    name: service,
    controllers: [TasksController, ExceptionsController],
    providers: [{ provide: COMMANDS, useValue: commands }],
    onStart: (context, hold) => startWorkflow(context, hold, commands),
  };
}
