import { spawn } from 'node:child_process';
import { checkout } from '../stack/home.js';

export interface ToolRun {
  readonly exitCode: number;
  readonly output: string;
}

/** Keeps a tool that floods the screen from filling the memory: the end is what tells. */
const keptCharacters = 512 * 1024;

/** Runs a tool of the checkout under the checkout's Node, and gives what it wrote. Never raised. */
export function runTool(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ToolRun> {
  return new Promise(resolve => {
    let output = '';
    const child = spawn(process.execPath, args, {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', FORCE_COLOR: '0', ...env },
    });
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-keptCharacters);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', error => resolve({ exitCode: 1, output: String(error) }));
    child.on('close', (code, signal) =>
      resolve({ exitCode: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output }),
    );
  });
}
