import fc from 'fast-check';
import { adt, bloodCount, nextMessage, oru } from './messages.js';
import { syntheticPatient } from './population.js';
import { seeded } from './random.js';

const sender = { application: 'ADT', facility: 'GENERAL', authority: 'GENERAL' };
const facts = { sender, controlId: 'C1', at: new Date('2026-01-02T03:04:05Z') };

describe('the synthetic hospital', () => {
  it('is the same hospital for the same seed', () => {
    fc.assert(
      fc.property(fc.integer(), seed => {
        const day = (random: () => number): string =>
          nextMessage(
            random,
            syntheticPatient(7, random),
            true,
            { controlId: 'C1', at: facts.at },
            { adt: sender, lab: sender },
          ).text;
        expect(day(seeded(seed))).toBe(day(seeded(seed)));
      }),
    );
  });

  it('gives two tenants the same MRNs but different people', () => {
    const demo = syntheticPatient(7, seeded(1));
    const north = syntheticPatient(7, seeded(2));
    expect(north.mrn).toBe(demo.mrn);
    expect(north).not.toEqual(demo);
  });

  it('registers a patient before it sends anything else about them', () => {
    const random = seeded(3);
    const first = nextMessage(
      random,
      syntheticPatient(1, random),
      false,
      { controlId: 'C', at: facts.at },
      { adt: sender, lab: sender },
    );
    expect(first.text).toContain('ADT^A04');
  });

  it('writes a result of about the size that laboratories send', () => {
    const random = seeded(4);
    const text = oru(facts, syntheticPatient(1, random), bloodCount(random, 'F1', 'F'));
    expect(text.split('\r').filter(line => line.startsWith('OBX'))).toHaveLength(8);
    expect(text.length).toBeGreaterThan(800);
  });

  it('writes the visit number where PV1-19 is, so that a visit keeps its identity', () => {
    const p = syntheticPatient(1, seeded(5));
    const pv1 =
      adt(facts, 'A01', p)
        .split('\r')
        .find(line => line.startsWith('PV1')) ?? '';
    expect(pv1.split('|')[19]).toContain(p.visit);
    expect(pv1.split('|')[44]).toMatch(/^\d{14}/);
  });

  it('ends every segment with a carriage return', () => {
    expect(adt(facts, 'A01', syntheticPatient(1, seeded(5))).endsWith('\r')).toBe(true);
  });
});
