/** HTTP port of each service above the base port (ANAMNESIS_PORT_BASE, default 7700). */
const offsets = {
  idp: 0,
  gateway: 1,
  translation: 2,
  identity: 3,
  records: 4,
  workflow: 5,
  audit: 6,
  simulator: 7,
} as const;

export type HttpService = keyof typeof offsets;

export interface Endpoints {
  readonly host: string;
  readonly base: number;
  readonly mllpPortOffset: number;
}

export function endpointsFrom(env: NodeJS.ProcessEnv): Endpoints {
  return {
    host: env['HTTP_HOST'] ?? '127.0.0.1',
    base: Number(env['ANAMNESIS_PORT_BASE'] ?? 7700),
    mllpPortOffset: Number(env['MLLP_PORT_OFFSET'] ?? 0),
  };
}

export function urlOf({ host, base }: Endpoints, service: HttpService): string {
  return `http://${host}:${base + offsets[service]}`;
}
