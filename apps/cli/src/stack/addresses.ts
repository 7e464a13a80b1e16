import type { Home } from './home.js';
import { services } from './services.js';
import type { Started } from './start.js';

/** Where to look, for the person who started the stack. */
export function addressLines(home: Home, started: Started): string[] {
  const url = (name: string, path: string) => {
    const offset = services.find(service => service.name === name)?.portOffset ?? 0;
    return `http://127.0.0.1:${home.portBase + offset}${path}`;
  };
  const rows: [string, string][] = [
    ['Messages and interfaces', url('gateway', '/messages')],
    ['FHIR R4', url('records', '/fhir/metadata')],
    ['Tasks', url('workflow', '/fhir/Task')],
    ['Persons', url('identity', '/')],
    ['Lineage and access ledger', url('audit', '/')],
    ['Sign-in (development)', url('idp', '/')],
    ['Users and passwords', `${home.secrets}/idp-users.json`],
    ['Logs', `${home.logs}/<service>.log, or ./anamnesis logs <service>`],
  ];
  const lines = rows.map(([what, where]) => `  ${what.padEnd(26)} ${where}`);
  if (!started.ownBroker) return lines;
  return [
    ...lines,
    '  One broker, one disk: acknowledged messages survive the death of processes, not of power.',
  ];
}
