import { describe, expect, it } from '@jest/globals';
import { tokenHash, tokenText } from '../store/tokens.js';
import { parseSearch } from './searchQuery.js';

const parse = (query: string, type = 'Observation') =>
  parseSearch('demo', type, [...new URLSearchParams(query)]);
const token = (code: string, system?: string) =>
  tokenHash(tokenText('demo', 'Observation', 'code', code, system));

describe('a search query', () => {
  it('joins repeated parameters by AND and commas by OR', () => {
    expect(parse('code=a,b&code=c').tokens).toEqual([[token('a'), token('b')], [token('c')]]);
  });

  it('tells any system, one system and no system apart', () => {
    expect(parse('code=a&code=s|a&code=|a').tokens).toEqual([
      [token('a')],
      [token('a', 's')],
      [token('a', '')],
    ]);
    expect(new Set([token('a'), token('a', 's'), token('a', '')]).size).toBe(3);
  });

  it('takes escaped commas and bars as part of the value', () => {
    expect(parse('code=a\\,b').tokens).toEqual([[token('a,b')]]);
  });

  it('bounds _count and the length of OR lists', () => {
    expect(parse('_count=100000').count).toBe(500);
    expect(() => parse(`code=${Array.from({ length: 101 }, (_, n) => n).join(',')}`)).toThrow(
      'more than 100',
    );
  });

  it('names an unknown parameter, never its value', () => {
    expect(() => parse('birthdate=1962-03-20')).toThrow('Search parameter birthdate is not supported');
    expect(() => parse('EVERYWOMAN 1962=x')).toThrow('(unreadable)');
    try {
      parse('birthdate=1962-03-20');
    } catch (error) {
      expect(String(error)).not.toContain('1962');
    }
  });
});
