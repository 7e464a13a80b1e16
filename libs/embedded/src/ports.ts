import { createServer } from 'node:net';
import { portTaken } from './errors.js';

const host = '127.0.0.1';

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** Whether a TCP port of the loopback address can be listened on now. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

/** Raised when the port is taken: {@link portTaken}, naming the port and who asks for it. */
export async function requirePort(port: number, asks: string, variable?: string): Promise<void> {
  if (!(await isPortFree(port))) throw portTaken({ port, asks, ...(variable ? { variable } : {}) });
}

/** Distinct free ports as the system hands them out. Another process may take one before it is used. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = await listenOnce(0);
    if (port !== undefined) found.add(port);
  }
  return [...found];
}
