import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePorts } from './ports.js';
import { startPostgres, type RunningPostgres } from './postgres.js';
import { provisionDatabases } from './provisionDatabases.js';

const roles = [
  { name: 'anm_one', password: 'one' },
  { name: 'anm_two', password: 'two' },
];
const databases = [
  { name: 'anm_one', owner: 'anm_one', guests: [] },
  { name: 'anm_keys', owner: 'anm_one', guests: ['anm_two'] },
];

async function logIn(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return 'in';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('databases with one role each', () => {
  let dir: string;
  let server: RunningPostgres;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'anamnesis-databases-'));
    const [port] = (await freePorts(1)) as [number];
    server = await startPostgres({ dir, port, password: 'secret', lifetime: 'parent' });
  }, 60_000);
  afterAll(async () => {
    await server.stop('immediate');
    await rm(dir, { recursive: true, force: true });
  });

  it('are created once, and a second run changes nothing', async () => {
    expect(await provisionDatabases(server.adminUrl, { roles, databases })).toEqual({
      created: ['anm_one', 'anm_keys'],
    });
    expect(await provisionDatabases(server.adminUrl, { roles, databases })).toEqual({ created: [] });
  });

  it('let in their owner and their guests, and nobody else', async () => {
    const insufficientPrivilege = '42501';
    expect(await logIn(server.url('anm_one', 'anm_one', 'one'))).toBe('in');
    expect(await logIn(server.url('anm_keys', 'anm_two', 'two'))).toBe('in');
    expect(await logIn(server.url('anm_one', 'anm_two', 'two'))).toBe(insufficientPrivilege);
  });

  it('refuse a wrong password', async () => {
    expect(await logIn(server.url('anm_one', 'anm_one', 'two'))).toBe('28P01');
  });

  it('say in one sentence that the server does not answer', async () => {
    const [port] = (await freePorts(1)) as [number];
    const nobody = provisionDatabases(`postgres://postgres@127.0.0.1:${port}/postgres`, { roles, databases });
    await expect(nobody).rejects.toMatchObject({ code: 'ANM_POSTGRES_UNREACHABLE' });
  });
});
