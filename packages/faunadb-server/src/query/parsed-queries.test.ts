import { describe, expect, it } from 'vitest';
import { ParsedQueries } from './parsed-queries.js';

function counting() {
  const parsed: string[] = [];
  const queries = new ParsedQueries((text) => {
    parsed.push(text);
    return { text };
  });
  return { parsed, queries };
}

describe('ParsedQueries', () => {
  it('parses a text no more once it has come twice', () => {
    const { parsed, queries } = counting();
    const answers = [1, 2, 3, 4].map(() => queries.get('{"now":null}'));
    expect(parsed).toEqual(['{"now":null}', '{"now":null}']);
    expect(answers[3]).toBe(answers[1]);
  });

  it('keeps what is used, and forgets what has not been used for long', () => {
    const { parsed, queries } = counting();
    queries.get('often');
    queries.get('seldom');
    queries.get('seldom');
    for (let n = 0; n < 1_500; n++) {
      queries.get(`once ${n}`);
      queries.get('often');
    }
    expect(parsed.filter((text) => text === 'often')).toHaveLength(2);
    queries.get('seldom');
    expect(parsed.filter((text) => text === 'seldom')).toHaveLength(3);
  });

  it('keeps no long text', () => {
    const { parsed, queries } = counting();
    const text = `"${'x'.repeat(5_000)}"`;
    for (let n = 0; n < 3; n++) queries.get(text);
    expect(parsed).toHaveLength(3);
  });
});
