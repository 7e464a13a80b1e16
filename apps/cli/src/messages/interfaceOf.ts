import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineError } from '@anamnesis/contracts';
import { parseInterface, type InterfaceContract } from '@anamnesis/mapping';
import { endpointsFrom } from '@anamnesis/client';
import { interfacesFolder } from '../governance/folder.js';

/** Raised when no interface file has that id. */
export const interfaceUnknown = defineError(
  'ANM_INTERFACE_UNKNOWN',
  'stop',
  (f: { id: string }) => `There is no interface "${f.id}": the files in interfaces/ name them`,
);

/** Raised when messages cannot be sent to an interface over MLLP. */
export const interfaceNotMllp = defineError(
  'ANM_INTERFACE_NOT_MLLP',
  'stop',
  (f: { id: string }) =>
    `Interface "${f.id}" takes no MLLP: post to /interfaces/${f.id}/messages of the gateway`,
);

/** The contract of an interface as the files in `interfaces/` have it. */
export async function interfaceOf(id: string): Promise<InterfaceContract> {
  if (!/^[a-z0-9-]+$/.test(id)) throw interfaceUnknown({ id });
  const text = await readFile(join(interfacesFolder(), `${id}.yaml`), 'utf8').catch((error: unknown) => {
    throw interfaceUnknown({ id }, error);
  });
  return parseInterface(text);
}

/** Where an interface listens on this machine. */
export function listenerOf(
  contract: InterfaceContract,
  env: NodeJS.ProcessEnv = process.env,
): { host: string; port: number } {
  const { host, mllpPortOffset } = endpointsFrom(env);
  const { transport } = contract;
  if (transport.kind !== 'mllp' || transport.port === undefined) throw interfaceNotMllp({ id: contract.id });
  return { host, port: transport.port + mllpPortOffset };
}
