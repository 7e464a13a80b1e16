import fc from 'fast-check';
import { decideAccess } from './decideAccess.js';
import { compilePolicySet, developmentPolicySet, policySetPublished } from './policySet.js';
import type { AccessAction, AccessRequest, PolicyRule } from './types.js';

const set = developmentPolicySet();
const nora = { sub: 'nora', tenant: 'demo', roles: ['clinician', 'registrar'], purposes: ['TREAT'] };
const readPatient: AccessRequest = {
  tenant: 'demo',
  actor: nora,
  purpose: 'TREAT',
  action: 'read',
  resourceType: 'Patient',
};
const by = (role: string, purpose: string, action: AccessAction, resourceType: string): AccessRequest => ({
  tenant: 'demo',
  actor: { sub: role, tenant: 'demo', roles: [role], purposes: [purpose] },
  purpose,
  action,
  resourceType,
});

describe('the development policy set', () => {
  it('permits treatment to a clinician, and names rule and policy set', () => {
    expect(decideAccess(readPatient, set)).toEqual({
      outcome: 'permit',
      policySet: 'development-1',
      policySetHash: set.hash,
      rule: 'clinician-treatment',
      reasons: [],
      inputAgeMs: 0,
    });
  });

  it.each([
    [by('clinician', 'TREAT', 'write', 'Observation'), 'permit'],
    [by('clinician', 'TREAT', 'reveal', 'Message'), 'permit'],
    [by('clinician', 'HOPERAT', 'read', 'Patient'), 'deny'],
    [by('clinician', 'TREAT', 'search', 'Access'), 'deny'],
    [by('registrar', 'HOPERAT', 'write', 'Patient'), 'permit'],
    [by('registrar', 'TREAT', 'read', 'Observation'), 'deny'],
    [by('registrar', 'TREAT', 'operate', 'Task'), 'permit'],
    [by('integrator', 'HOPERAT', 'write', 'Message'), 'permit'],
    [by('integrator', 'HOPERAT', 'lineage', 'Observation'), 'permit'],
    [by('integrator', 'HOPERAT', 'read', 'Observation'), 'deny'],
    [by('operator', 'HOPERAT', 'search', 'Message'), 'permit'],
    [by('operator', 'HOPERAT', 'reveal', 'Message'), 'deny'],
    [by('operator', 'HOPERAT', 'read', 'Patient'), 'deny'],
    [by('auditor', 'HOPERAT', 'search', 'Access'), 'permit'],
    [by('auditor', 'HOPERAT', 'write', 'Patient'), 'deny'],
    [by('auditor', 'TREAT', 'read', 'Patient'), 'deny'],
    [by('service', 'TREAT', 'write', 'Message'), 'permit'],
    [by('service', 'TREAT', 'reveal', 'Message'), 'deny'],
  ] as const)('%j -> %s', (request, outcome) => {
    expect(decideAccess(request, set).outcome).toBe(outcome);
  });

  it.each<[string, Partial<AccessRequest>, string[]]>([
    ['no purpose', { purpose: undefined }, ['purpose-missing']],
    ['an empty purpose', { purpose: '' }, ['purpose-missing']],
    ['an unknown purpose', { purpose: 'CURIOSITY' }, ['purpose-unknown']],
    ['a purpose that the token lacks', { purpose: 'HOPERAT' }, ['purpose-not-granted']],
    ['another tenant', { tenant: 'north' }, ['tenant-mismatch']],
    ['no role', { actor: { ...nora, roles: [] } }, ['role-missing']],
    ['an unknown role', { actor: { ...nora, roles: ['owner'] } }, ['role-unknown']],
    ['a type that no rule names', { resourceType: 'Consent' }, ['no-rule-permits']],
    [
      'everything wrong',
      { tenant: 'x', purpose: '', actor: { ...nora, roles: [] } },
      ['purpose-missing', 'role-missing', 'tenant-mismatch'],
    ],
  ])('denies %s with its reason', (_case, change, reasons) => {
    const decision = decideAccess({ ...readPatient, ...change }, set);
    expect(decision).toMatchObject({ outcome: 'deny', rule: 'default-deny', reasons });
  });

  it('is announced by name, hash and rules', () => {
    expect(policySetPublished(set)).toMatchObject({ policySet: 'development-1', hash: set.hash });
    expect(set.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('any policy set', () => {
  const words = ['a', 'b', 'c'];
  const actions: AccessAction[] = ['read', 'write', 'reveal'];
  const some = <T>(from: readonly T[]) => fc.subarray([...from], { minLength: 1 });
  const rule: fc.Arbitrary<Omit<PolicyRule, 'id'>> = fc.record({
    effect: fc.constantFrom('permit' as const, 'forbid' as const),
    roles: some(words),
    purposes: some(words),
    actions: some(actions),
    resourceTypes: some(words),
  });
  const rules = fc
    .array(rule, { maxLength: 8 })
    .map(list => list.map((one, at): PolicyRule => ({ ...one, id: `rule-${at}` })));
  const request: fc.Arbitrary<AccessRequest> = fc.record({
    tenant: fc.constantFrom('x', 'y'),
    actor: fc.record({
      sub: fc.constant('s'),
      tenant: fc.constantFrom('x', 'y'),
      roles: fc.subarray([...words, 'unknown']),
      purposes: fc.subarray([...words, 'unknown']),
    }),
    purpose: fc.constantFrom('a', 'b', 'c', 'unknown', '', undefined),
    action: fc.constantFrom(...actions),
    resourceType: fc.constantFrom('a', 'b', 'c', 'unknown'),
  });
  const compiled = (list: readonly PolicyRule[]) =>
    compilePolicySet({ policySet: 'p', description: '', rules: list });

  it('gives one answer and one hash whatever the order of its rules', () => {
    const shuffled = rules.chain(list =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, request, ([list, other], asked) => {
        expect(decideAccess(asked, compiled(other))).toEqual(decideAccess(asked, compiled(list)));
      }),
    );
  });

  it('never permits without a granted purpose, across tenants, or to nobody', () => {
    fc.assert(
      fc.property(rules, request, (list, asked) => {
        fc.pre(decideAccess(asked, compiled(list)).outcome === 'permit');
        expect(asked.actor.purposes).toContain(asked.purpose);
        expect(asked.actor.tenant).toBe(asked.tenant);
        expect(asked.actor.roles.length).toBeGreaterThan(0);
      }),
    );
  });

  it('never widens by a rule that forbids', () => {
    fc.assert(
      fc.property(rules, rule, request, (list, added, asked) => {
        const more = compiled([...list, { ...added, effect: 'forbid', id: 'added' }]);
        if (decideAccess(asked, more).outcome === 'permit')
          expect(decideAccess(asked, compiled(list)).outcome).toBe('permit');
      }),
    );
  });

  it('refuses two rules of one id and a rule that names nothing', () => {
    const one: PolicyRule = {
      id: 'one',
      effect: 'permit',
      roles: ['a'],
      purposes: ['a'],
      actions: ['read'],
      resourceTypes: ['a'],
    };
    expect(() => compiled([one, one])).toThrow('rule one exists twice');
    expect(() => compiled([{ ...one, roles: [] }])).toThrow('rule one names no roles');
    expect(() => compiled([{ ...one, actions: ['guess' as AccessAction] }])).toThrow('unknown');
  });
});
