import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hasCode } from '@anamnesis/contracts';
import { contract, parsed, plan } from '../fixtures/fixture.js';
import { authorityOf, derivedAuthority } from './authority.js';
import { parseInterface } from './parseInterface.js';

const folder = new URL('../../../../interfaces/', import.meta.url);
const files = readdirSync(folder).filter(name => name.endsWith('.yaml'));
const minimal = `
id: test
tenant: demo
version: 1
description: A test
owner: {role: integrator}
purpose: TREAT
zone: Europe/Vienna
transport: {kind: mllp, port: 2575}
accept: {processingIds: [P], triggers: [ADT^A01]}
authorities: [{match: {namespace: A}, uri: 'urn:oid:1.2.3'}]
numberAuthority: urn:oid:1.2.3
authoritative: [Patient]
exceptions: {ownerRole: integrator}
`;

describe('interfaces of the repository', () => {
  test.each(files)('%s is named as its file and compiles to a plan', file => {
    const name = file.replace('.yaml', '');
    expect(contract(name).id).toBe(name);
    expect(plan(name).messages.size).toBeGreaterThan(0);
  });

  test('no two listen on one port', () => {
    const ports = files.map(file => contract(file.replace('.yaml', '')).transport.port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('both hospitals number patients under one authority: tenants keep them apart', () => {
    const uris = ['adt-main', 'north-adt'].map(name => contract(name).authorities.map(({ uri }) => uri));
    expect(uris[0]).toEqual(uris[1]);
  });

  const samples = new URL('../../../../../shared/data/hl7v2/ms-samples/messages/', import.meta.url);
  const present = existsSync(samples) ? readdirSync(samples) : [];
  test(`samples lists every trigger of the third-party samples (${present.length} present)`, () => {
    const { triggers } = contract('samples').accept;
    for (const file of present) {
      const message = parsed(readFileSync(new URL(file, samples)));
      expect(triggers).toContain(`${message.text(0, 9, 1, 1)}^${message.text(0, 9, 1, 2)}`);
    }
  });
});

describe('parseInterface', () => {
  test('fills in what is not said', () => {
    expect(parseInterface(minimal)).toMatchObject({
      transport: { maxBytes: 1_048_576, idleSeconds: 300, maxConnections: 32 },
      ack: { mode: 'original', means: 'received', onUnavailable: 'withhold' },
      dedupe: { windowHours: 72, reuse: 'flag' },
      charset: 'UTF-8',
      routes: [{ to: 'record' }],
      maps: ['standard'],
      snapshot: 'partial',
    });
  });

  test.each([
    ['a missing field', minimal.replace('tenant: demo\n', ''), /tenant/],
    ['an unknown field', `${minimal}colour: red\n`, /colour/],
    ['a zone that is none', minimal.replace('Europe/Vienna', 'Europe/Nowhere'), /Europe\/Nowhere/],
    ['an MLLP interface without port', minimal.replace(', port: 2575', ''), /port/],
    ['a trigger that is none', minimal.replace('ADT^A01', 'ADT_A01'), /triggers/],
    ['an authority without URI', minimal.replace(", uri: 'urn:oid:1.2.3'", ''), /uri/],
    ['a processing id that does not exist', minimal.replace('[P]', '[X]'), /P, T, D/],
  ])('%s is refused with its place', (_, text, sentence) => {
    expect(() => parseInterface(text)).toThrow(sentence);
  });

  test.each(['{', '- a list', ''])('"%s" is no interface', text => {
    let caught: unknown;
    try {
      parseInterface(text);
    } catch (error) {
      caught = error;
    }
    expect(hasCode(caught, 'ANM_INTERFACE_UNREADABLE')).toBe(true);
  });
});

describe('assigning authorities', () => {
  const hd = (namespace = '', universalId = '', universalIdType = '') => ({
    namespace,
    universalId,
    universalIdType,
  });

  test('an interface knows those it lists, in order', () => {
    const adt = contract('adt-main');
    expect(authorityOf(adt, hd('GENHOS'))).toEqual({ uri: 'urn:oid:2.16.840.1.113883.19.5', rank: 1 });
    expect(authorityOf(adt, hd('X', '2.16.840.1.113883.19.5', 'ISO'))?.rank).toBe(0);
    expect(authorityOf(adt, hd('genhos'))).toBeUndefined();
    expect(authorityOf(adt, hd())).toBeUndefined();
  });

  test('an interface for anything takes the words of the sender, and none at all', () => {
    const samples = contract('samples');
    expect(authorityOf(samples, hd('test1', '2.16.1', 'HCD'))?.uri).toBe('urn:anamnesis:namespace:test1');
    expect(authorityOf(samples, hd())?.uri).toBe('urn:anamnesis:namespace:samples');
  });

  test.each([
    [hd('A', '1.2.3', 'ISO'), 'urn:oid:1.2.3'],
    [hd('A B', 'x', 'ISO'), 'urn:anamnesis:namespace:a%20b'],
    [hd('', '426D2726-51FC-89FE-A946-8596E80A80EB', 'GUID'), 'urn:uuid:426d2726-51fc-89fe-a946-8596e80a80eb'],
    [hd('', 'http://example.org/id', 'URI'), 'http://example.org/id'],
    [hd('', '1.2', 'HCD'), 'urn:anamnesis:universal-id:hcd:1.2'],
    [hd('\ud800'), 'urn:anamnesis:namespace:%EF%BF%BD'],
    [hd(), undefined],
  ])('%p derives %s', (given, uri) => expect(derivedAuthority(given)).toBe(uri));
});
