import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parseInterface, planContent, planHash, sourceRecords } from '@anamnesis/mapping';
import { tokenise, type Message } from '@anamnesis/hl7v2';
import { compileTranslation } from './compileTranslation.js';

const idKey = Buffer.alloc(32, 9);
const interfaceFile = new URL('../../../../interfaces/lab-results.yaml', import.meta.url);
const raw = [
  'MSH|^~\\&|LAB|GENHOS|ANAMNESIS|X|20260301110000||ORU^R01^ORU_R01|1|P|2.5.1',
  'PID|1||MRN1^^^GENHOS^MR||EVERYWOMAN^EVE||19620320|F',
  'OBR|1||F1^LAB|2345-7^Glucose^LN|||20260301103000|||||||||||||||20260301110000||CH|F',
  'OBX|1|NM|2345-7^Glucose^LN||182|mg/dL|70-105|H|||F',
  '',
].join('\r');

describe('translation under a published plan', () => {
  it('gives the same hashes again after the plan went through JSON, and the bytes of a value', async () => {
    const content = planContent(parseInterface(await readFile(interfaceFile, 'utf8')));
    const stored = JSON.parse(JSON.stringify(content)) as Record<string, unknown>;
    const { srids } = sourceRecords(tokenise(Buffer.from(raw)) as Message, content.interface, idKey, 'e');
    const args = { idKey, eventId: 'e', part: { n: 1, of: srids.length, srids } };
    const [first, again] = [content as unknown as Record<string, unknown>, stored].map(one =>
      compileTranslation(one, planHash(content))(Buffer.from(raw), args),
    );
    if (!first?.ok || !again?.ok) throw new Error('not translated');
    expect([again.outputHash, again.lineageHash]).toEqual([first.outputHash, first.lineageHash]);
    const entry = again.lineage.find(({ target }) => target.endsWith('.valueQuantity.value'));
    const [span] = entry?.source ?? [];
    expect(raw.slice(span?.start, span?.end)).toBe('182');
  });

  it('refuses a plan whose content is not what its hash says', async () => {
    const content = planContent(parseInterface(await readFile(interfaceFile, 'utf8')));
    const altered = { ...content, tz: 'altered' } as unknown as Record<string, unknown>;
    expect(() => compileTranslation(altered, planHash(content))).toThrow('holds no plan');
  });
});
