import { describe, expect, it } from '@jest/globals';
import { fakeCompile, rawPatient, rawResult } from '../fixture/translation.js';
import type { VersionRow } from '../store/outcomeStore.js';
import { fieldOrigin } from './fieldOrigin.js';
import type { Verified } from './retranslate.js';

const part = { n: 1, of: 1, srids: ['s'] };

function verified(raw: string): Verified {
  const bytes = Buffer.from(raw);
  const translation = fakeCompile()({})(bytes, { idKey: Buffer.alloc(32), eventId: 'e', part });
  if (!translation.ok) throw new Error('no translation');
  const hashes = { output: 'o', lineage: 'l' };
  return { translation, message: { bytes } as never, plan: 'p', recorded: hashes, recomputed: hashes };
}

/** Raw messages by version, oldest first; null is a write through the API. */
function origin(type: 'Observation' | 'Patient', path: string, raws: readonly (string | null)[]) {
  const versions = raws.map((_, at): VersionRow => ({
    version: at + 1,
    intentId: 'i',
    intentType: 't',
    correlationId: 'c',
    decidedAt: '2026-03-01T00:00:00.000Z',
  }));
  return fieldOrigin({
    type,
    id: 'r',
    path,
    versions: versions.reverse(),
    messageOf: async ({ version }) => {
      const raw = raws[version - 1];
      return raw ? { eventId: `e${version}`, verified: verified(raw) } : undefined;
    },
  });
}

const value = (text: string) => rawResult('r', text);
const family = (text: string) => rawPatient('r', text);

describe('the origin of a field', () => {
  it.each([
    ['one version', [value('1')], 'e1'],
    ['changed in the newest', [value('1'), value('2')], 'e2'],
    ['changed before the newest', [value('1'), value('2'), value('2')], 'e2'],
    ['changed and changed back', [value('1'), value('2'), value('1')], 'e3'],
    ['never changed', [value('1'), value('1'), value('1')], 'e1'],
    ['sent again after a write through the API', [value('1'), null, value('1')], 'e3'],
    ['absent in between', [value('1'), value(''), value('1')], 'e3'],
  ])('of a result: %s', async (_name, raws, expected) => {
    expect((await origin('Observation', 'valueQuantity.value', raws)).eventId).toBe(expected);
  });

  it.each([
    ['kept by a sparse message', [family('A'), family('')], 'e1'],
    ['kept by a sparse message and sent again', [family('A'), family(''), family('A')], 'e1'],
    ['changed after a sparse message', [family('A'), family(''), family('B')], 'e3'],
  ])('of a patient: %s', async (_name, raws, expected) => {
    expect((await origin('Patient', 'name.family', raws)).eventId).toBe(expected);
  });

  it('is no message when none wrote it', async () => {
    await expect(origin('Observation', 'status', [value('1')])).rejects.toMatchObject({
      code: 'ANM_FIELD_NOT_FROM_MESSAGE',
    });
    await expect(origin('Observation', 'valueQuantity.value', [value('1'), null])).rejects.toMatchObject({
      code: 'ANM_FIELD_NOT_FROM_MESSAGE',
    });
    await expect(origin('Observation', 'valueQuantity.value', [value('1'), value('')])).rejects.toMatchObject(
      {
        code: 'ANM_FIELD_NOT_FROM_MESSAGE',
      },
    );
  });
});
