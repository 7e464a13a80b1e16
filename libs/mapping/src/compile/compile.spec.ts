import { describe, expect, test } from '@jest/globals';
import { contract, parsed, plan, segment } from '../fixtures/fixture.js';
import { compilePlan } from '../plan/compilePlan.js';
import { planContent, planHash } from '../plan/planContent.js';
import { parseMaps, standardFiles } from '../rules/loadMaps.js';
import { Run } from '../run/run.js';
import { compileCondition } from './condition.js';
import { gateOf } from './gate.js';
import { resolveTarget } from './targetPath.js';

describe('conditions', () => {
  const message = parsed(
    ['MSH|^~\\&|A|B|||1||ADT^A08', segment('PID', { 3: 'a~b', 8: 'F', 13: '^PRN^PH', 14: '""' })].join('\r'),
  );
  const run = new Run(message, plan('adt-main'), undefined);
  const decide = (text: string, field = 13) => {
    const condition = compileCondition(text, 'PID', field);
    if (typeof condition === 'string') throw new SyntaxError(condition);
    return condition(run, 1, run.first(1, field), run.first(1, field + 1), 1);
  };

  test.each([
    ['IF PID-13.2 VALUED', true],
    ['IF PID-13.2 NOT VALUED', false],
    ['IF PID-13.1 NOT VALUED', true],
    ['IF PID-14 VALUED', false],
    ['IF PID-99 VALUED', false],
    ['IF PID-8 EQUALS "F"', true],
    ['IF PID-8 IS NOT EQUALS "F"', false],
    ['IF PID-13.3 IN ("Internet", "PH")', true],
    ['IF PID-13.3 NOT IN ("Internet", "X.400")', true],
    ['IF PID-3 LST.COUNT EQUALS 2', true],
    ['IF PID-3 LST.COUNT GREATER THAN 2', false],
    ['IF PID-8 LENGTH LESS THAN 2', true],
    ['IF MSH-9.2 IN ("A08", "A31")', true],
    ['IF PID-8 EQUALS "M" OR PID-13.2 VALUED AND PID-13.3 VALUED', true],
    ['IF (PID-8 EQUALS "M" OR PID-13.2 VALUED) AND IF PID-14 VALUED', false],
  ])('%s is %p', (text, wanted) => expect(decide(text)).toBe(wanted));

  test.each([
    '',
    'IF',
    'IF PID-8',
    'IF PID-8 EQUALS',
    'IF PID-8 IN ()',
    'IF (PID-8 VALUED',
    'IF PID-8 VALUED now',
    'IF ?',
  ])('"%s" is refused', text => expect(typeof compileCondition(text, 'PID', 8)).toBe('string'));

  test.each([
    ['IF OBX-2 EQUALS "NM"', ['NM']],
    ['IF OBX-2 IN ("ST", "TX") AND OBX-5 VALUED', ['ST', 'TX']],
    ['IF OBX-2 EQUALS "SN" AND (OBX-5.1 VALUED OR OBX-5.2 VALUED)', ['SN']],
    ['IF OBX-2 EQUALS "NM" OR OBX-5 VALUED', undefined],
    ['IF OBX-2 NOT VALUED', undefined],
    ['IF OBX-2.1 EQUALS "NM"', undefined],
    ['IF MSH-9 EQUALS "x"', undefined],
  ])('%s is gated by %p', (text, values) => {
    const gate = gateOf(text, 'OBX');
    expect(gate && [...gate.values]).toEqual(values);
  });
});

describe('target paths', () => {
  test.each([
    ['Patient', 'birthDate', 'date'],
    ['Patient', 'name[+]', 'HumanName'],
    ['Patient', 'name[=].given[+]', 'string'],
    ['Patient', 'birthDate.extension[+].valueDateTime', 'dateTime'],
    ['Observation', 'component[0].valueQuantity.value', 'decimal'],
    ['Observation', 'component[+].referenceRange[+].text', 'string'],
    ['Encounter.participant', 'type[0].coding[0].code', 'code'],
  ])('%s.%s is a %s', (type, path, wanted) =>
    expect(resolveTarget(type, path)).toMatchObject({ type: wanted }),
  );

  test.each([
    ['Patient', 'birthday'],
    ['Patient', 'name'],
    ['Patient', 'gender[+]'],
    ['Patient', 'birthDate.value'],
    ['Observation', 'valueAttachment'],
    ['Observation', 'value[x]'],
    ['Nothing', 'id'],
  ])('%s.%s does not exist', (type, path) => expect(typeof resolveTarget(type, path)).toBe('string'));
});

describe('a map that R4 does not bear', () => {
  const map = (rule: string) =>
    parseMaps(
      `map: PID[Patient]\nkind: segment\nversion: 1.0.0\nlayer: test\nsegment: PID\ntarget: Patient\nrules:\n  - {id: r, ${rule}}\n`,
    );
  const compile = (rule: string) =>
    compilePlan(
      planContent({ ...contract('adt-main'), maps: ['standard', 'test'] }, [
        ...standardFiles(),
        ...map(rule),
      ]),
    );

  test.each([
    ['an unknown element', "from: PID-5, to: nom, via: 'ST[string]'", /Patient has no element nom/],
    [
      'a wrong type',
      "from: PID-7, to: birthDate, via: 'ST[string]'",
      /gives string, but the element is date/,
    ],
    ['a missing index', "from: PID-5, to: name, via: 'XPN[HumanName]'", /name repeats/],
    ['an unknown function', "from: PID-5, to: gender, via: 'No[code]'", /no function or map/],
    ['an unknown table', "from: PID-8, to: gender, via: 'ID[code]', table: No", /no table No/],
    [
      'a table with codes that are not allowed',
      "from: PID-8, to: gender, via: 'ID[code]', table: NameUse",
      /does not allow/,
    ],
    ['a constant that is not allowed', 'to: gender, value: woman', /not in the required value set/],
    ['a bad condition', "from: PID-8, to: gender, via: 'ID[code]', if: 'IF PID-8'", /condition/],
    ['another segment', "from: PV1-8, to: gender, via: 'ID[code]'", /no place in PID/],
    ['nothing to write', 'from: PID-8, to: gender', /exactly one of/],
  ])('%s', (_, rule, sentence) => expect(() => compile(rule)).toThrow(sentence));

  test('a file that is no map', () => {
    expect(() =>
      parseMaps('map: X\nkind: segment\nversion: 1.0.0\nlayer: a\nsegment: PID\nrules: [{to: x}]'),
    ).toThrow(/id/);
  });
});

describe('plans', () => {
  test('the same content has the same hash, also after a journey through JSON', () => {
    const content = planContent(contract('adt-main'));
    expect(planHash(JSON.parse(JSON.stringify(content)) as typeof content)).toBe(planHash(content));
    expect(planHash({ ...content, tz: '1999a' })).not.toBe(planHash(content));
  });

  test('a later layer overrides rules by id and adds others', () => {
    const layer = parseMaps(
      `map: PID[Patient]\nkind: segment\nversion: 1.0.0\nlayer: profile\nsegment: PID\ntarget: Patient\nrules:\n` +
        `  - {id: PID-8, to: gender, value: unknown}\n  - {id: PID-99, to: active, value: true}\n`,
    );
    const content = planContent({ ...contract('adt-main'), maps: ['standard', 'profile'] }, [
      ...standardFiles(),
      ...layer,
    ]);
    const map = content.maps['PID[Patient]'];
    const rules = map?.kind === 'segment' ? (map.rules ?? []) : [];
    expect(rules.find(({ id }) => id === 'PID-8')?.value).toBe('unknown');
    expect(rules.at(-1)?.id).toBe('PID-99');
    expect(rules.length).toBeGreaterThan(20);
  });

  test('a layer without maps is refused', () => {
    expect(() => planContent({ ...contract('adt-main'), maps: ['nowhere'] })).toThrow(/layer nowhere/);
  });

  test('a translator of another time is refused', () => {
    const content = planContent(contract('adt-main'));
    expect(() => compilePlan({ ...content, translator: { version: '0' } })).toThrow(/translator 0/);
  });

  test('every map and table of the product is used by some message', () => {
    const used = new Set(plan('samples').ruleNames.map(({ map }) => map));
    const unused = standardFiles().filter(({ map, kind }) => kind !== 'table' && !used.has(map));
    expect(unused.map(({ map }) => map)).toEqual([]);
  });
});
