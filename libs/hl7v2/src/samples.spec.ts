import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isHl7Error } from './errors.js';
import { group } from './group.js';
import { tokenise } from './tokenise.js';

const folder = fileURLToPath(new URL('../../../../shared/data/hl7v2/ms-samples/messages', import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter(file => file.endsWith('.hl7')) : [];

describe('third-party sample messages', () => {
  if (files.length === 0)
    test('are absent: put ms-samples into ../shared/data/hl7v2 to run them', () => expect(files).toEqual([]));

  test.each(files)('%s is read whole', file => {
    const bytes = readFileSync(`${folder}/${file}`);
    const message = tokenise(bytes);
    if (isHl7Error(message)) throw message;
    let at = 0;
    const pieces: Buffer[] = [];
    for (let i = 0; i < message.segmentCount; i += 1) {
      const { start, end } = message.segmentSpan(i);
      pieces.push(bytes.subarray(at, start), bytes.subarray(start, end));
      expect(bytes.subarray(at, start).toString()).toMatch(/^\ufeff?[\r\n ]*$/);
      at = end;
    }
    expect(Buffer.concat([...pieces, bytes.subarray(at)]).equals(bytes)).toBe(true);
    expect(message.findings).toEqual([]);
    for (const leaf of message.leaves()) expect(message.locate(leaf.path)).toEqual(leaf.location);
    const lost = group(message).findings.filter(finding => finding.severity === 'error');
    expect(lost).toEqual([]);
  });
});
