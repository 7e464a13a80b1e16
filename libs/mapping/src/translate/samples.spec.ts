import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { checkPayload } from '@anamnesis/contracts';
import { validateResource } from '@anamnesis/fhir';
import { attempt } from '../fixtures/fixture.js';

const folder = new URL('../../../../../shared/data/hl7v2/ms-samples/messages/', import.meta.url);
const files = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.hl7')) : [];

describe('third-party sample messages', () => {
  if (files.length === 0)
    test('are absent: put ms-samples into ../shared/data/hl7v2 to run them', () => expect(files).toEqual([]));

  test.each(files)('%s is translated whole or set aside', file => {
    const result = attempt(readFileSync(new URL(file, folder)), 'samples');
    if (!result.ok) {
      expect(['no-map', 'repeated-merge']).toContain(result.code);
      return;
    }
    const { leaves, resources } = result.payload;
    expect(leaves.mapped + leaves.ignored + leaves.reported.length).toBe(leaves.total);
    for (const { resource } of resources) expect(validateResource(resource)).toEqual([]);
    checkPayload('message.translated.v1', result.payload, 'closed');
  });

  const triggers = /^(ADT.A(0[1-9]|1[01345678]|25|26|27|28|31|40)|ADT0|LAB-ORU|ORU|LRI)/;
  test.each(files.filter(file => triggers.test(file) && file !== 'ADT-A40-02.hl7'))('%s has a map', file => {
    expect(attempt(readFileSync(new URL(file, folder)), 'samples').ok).toBe(true);
  });
});
