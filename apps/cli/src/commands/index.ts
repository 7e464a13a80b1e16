import type { Command } from 'commander';

/** Adds one command to the program. */
export type Register = (program: Command) => void;

/**
 * Every command by name, each in a file of its own. Loaded only when it is the one that was asked for: a command
 * line that answers in a moment is worth the indirection.
 */
export const commands: Readonly<Record<string, () => Promise<Register>>> = {
  up: async () => (await import('./up.js')).registerUp,
  down: async () => (await import('./down.js')).registerDown,
  status: async () => (await import('./status.js')).registerStatus,
  logs: async () => (await import('./logs.js')).registerLogs,
  test: async () => (await import('./test.js')).registerTest,
  send: async () => (await import('./send.js')).registerSend,
  bench: async () => (await import('./bench.js')).registerBench,
  trace: async () => (await import('./trace.js')).registerTrace,
  exceptions: async () => (await import('./exceptions.js')).registerExceptions,
  rebuild: async () => (await import('./rebuild.js')).registerRebuild,
  demo: async () => (await import('./demo.js')).registerDemo,
  translate: async () => (await import('./translate.js')).registerTranslate,
};

/** Steps of the launcher itself, not listed to people. */
export const hiddenCommands: typeof commands = {
  prepare: async () => (await import('./prepare.js')).registerPrepare,
};
