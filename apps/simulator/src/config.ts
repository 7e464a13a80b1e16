/** How the simulator is told what to do; every value has a bound. */
export interface SimulatorConfig {
  readonly httpHost: string;
  readonly httpPort: number;
  readonly mllpHost: string;
  readonly portOffset: number;
  readonly tenants: readonly string[];
  readonly rate: number;
  readonly seed: number;
  readonly patients: number;
}

function whole(env: NodeJS.ProcessEnv, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  const value = text === undefined || text === '' ? fallback : Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`${name} must be a whole number from ${least} to ${most}.`);
  return value;
}

/** Raised when a variable is wrong: one sentence that names it. */
export function loadSimulatorConfig(env: NodeJS.ProcessEnv): SimulatorConfig {
  const rate = Number(env['SIMULATOR_RATE'] ?? '0.5');
  if (!(rate > 0 && rate <= 5_000))
    throw new Error('SIMULATOR_RATE must be messages per second, above 0 and at most 5000.');
  return {
    httpHost: env['HTTP_HOST'] ?? '127.0.0.1',
    httpPort: whole(env, 'HTTP_PORT', 7707, 0, 65_535),
    mllpHost: env['MLLP_HOST'] ?? '127.0.0.1',
    portOffset: whole(env, 'MLLP_PORT_OFFSET', 0, -65_535, 65_535),
    tenants: (env['SIMULATOR_TENANTS'] ?? 'demo').split(','),
    rate,
    seed: whole(env, 'SIMULATOR_SEED', 1, 0, 2 ** 31 - 1),
    patients: whole(env, 'SIMULATOR_PATIENTS', 200, 1, 1_000_000),
  };
}

/** Ports of the feeds that a tenant's synthetic hospital sends to, as `interfaces/*.yaml` declares them. */
export const feedPorts: Readonly<Record<string, { adt: number; lab: number }>> = {
  demo: { adt: 2575, lab: 2576 },
  north: { adt: 2578, lab: 2579 },
};
