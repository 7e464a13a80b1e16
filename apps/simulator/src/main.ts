import { createServer } from 'node:http';
import { hospitalDay, sendOpenLoop, type HospitalFeeds } from '@anamnesis/simulation';
import { feedPorts, loadSimulatorConfig, type SimulatorConfig } from './config.js';

/** A line of the service log; holds counts and codes, never content. */
function log(event: string, facts: Record<string, unknown> = {}): void {
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level: 'info', service: 'simulator', event, ...facts })}\n`,
  );
}

function feedsOf(config: SimulatorConfig): HospitalFeeds[] {
  return config.tenants.map(tenant => {
    const ports = feedPorts[tenant];
    if (!ports)
      throw new Error(
        `SIMULATOR_TENANTS names "${tenant}", for which no feeds are declared: use ${Object.keys(feedPorts).join(', ')}.`,
      );
    return {
      tenant,
      host: config.mllpHost,
      adtPort: ports.adt + config.portOffset,
      labPort: ports.lab + config.portOffset,
    };
  });
}

async function main(): Promise<void> {
  const config = loadSimulatorConfig(process.env);
  const counts = new Map<string, number>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'ok', answers: Object.fromEntries(counts) }));
  });
  server.listen(config.httpPort, config.httpHost);
  const stop = (): void => {
    log('stopped', { answers: Object.fromEntries(counts) });
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  log('started', { rate: config.rate, tenants: config.tenants, seed: config.seed });
  const day = hospitalDay({
    feeds: feedsOf(config),
    seed: config.seed,
    rate: config.rate,
    count: Number.POSITIVE_INFINITY,
    patients: config.patients,
    run: `S${Date.now().toString(36).toUpperCase()}`,
    clock: Date.now,
  });
  await sendOpenLoop(day, {
    connections: 4,
    clock: Date.now,
    onSent: ({ code }) => counts.set(code, (counts.get(code) ?? 0) + 1),
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'The simulator failed.'}\n`);
  process.exit(1);
});
