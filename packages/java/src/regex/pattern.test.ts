import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TooManySteps } from './machine.js';
import { Pattern } from './pattern.js';
import { ReplacementError } from './replacement.js';

/** All that a pattern matches. */
function found(pattern: string, text: string): (string | undefined)[] {
  return [...new Pattern(pattern).find(text)].map(({ groups }) => groups[0]);
}

function groups(pattern: string, text: string): readonly (string | undefined)[] | undefined {
  return [...new Pattern(pattern).find(text)][0]?.groups;
}

describe('a pattern', () => {
  // What java.util.regex of Java 17 finds.
  it.each<[pattern: string, text: string, found: string[]]>([
    ['a|ab', 'ab', ['a']],
    ['a*', 'baa', ['', 'aa', '']],
    ['a*?', 'aa', ['', '', '']],
    ['a+?b', 'aab', ['aab']],
    ['a++a', 'aaa', []],
    ['(?>a|ab)c', 'abc', []],
    ['(?:ab|a)*+c', 'abac', ['abac']],
    ['a{2}{2}', 'aaaaa', ['aa', 'aa']],
    ['x{1,2}?', 'xxx', ['x', 'x', 'x']],
    ['^a', 'a\na', ['a']],
    ['(?m)^a', 'a\na\r\na', ['a', 'a', 'a']],
    ['a$', 'a\n', ['a']],
    ['(?m)a$', 'a\r\na\na', ['a', 'a', 'a']],
    ['(?dm)a$', 'a\r\na\n', ['a']],
    ['a\\z', 'a\n', []],
    ['.', '\n\r\u0085\u2028a', ['a']],
    ['(?s).', '\na', ['\n', 'a']],
    ['(?d).', '\n\r', ['\r']],
    ['\\R', '\r\n\n\u2028', ['\r\n', '\n', '\u2028']],
    ['\\R\\n', '\r\n', ['\r\n']],
    ['\\w+', 'héllo', ['h', 'llo']],
    ['(?U)\\w+', 'héllo', ['héllo']],
    ['\\bé', 'é bé', ['é']],
    ['\\B.', 'ab', ['b']],
    ['\\d', '1٣', ['1']],
    ['(?U)\\d', '1٣', ['1', '٣']],
    ['\\h+', ' \t\u00a0\n', [' \t\u00a0']],
    ['\\v', '\u000b\u0085', ['\u000b', '\u0085']],
    ['(?i)é', 'É', []],
    ['(?iu)é', 'É', ['É']],
    ['(?i)K', 'k\u212a', ['k']],
    ['(?iu)[k]', 'K\u212a', ['K', '\u212a']],
    ['(?i)[a-c]+', 'aBC', ['aBC']],
    ['a(?i)b(?-i)c', 'aBc aBC', ['aBc']],
    ['(?i:a)b', 'Ab AB', ['Ab']],
    ['(?x) a b # c\n d', 'abd', ['abd']],
    ['(?x)[a b]+', 'ab b', ['ab', 'b']],
    ['[a-z&&[^aeiou]]+', 'abcde', ['bcd']],
    ['[a-c[x-z]]+', 'axd', ['ax']],
    ['[abc&&bc&&c]', 'abc', ['c']],
    ['[]a]+', 'a]', ['a]']],
    ['[^]a]', 'a]b', ['b']],
    ['[a-]+', 'a-', ['a-']],
    ['[\\w&&[^\\d]]+', 'a1_', ['a', '_']],
    ['\\p{Lu}\\p{Ll}', 'Éa', ['Éa']],
    ['\\p{Upper}', 'Éa', []],
    ['(?i)\\p{Lower}', 'A', ['A']],
    ['\\p{IsAlphabetic}+', 'aé中1', ['aé中']],
    ['\\p{InGreek}', 'aα', ['α']],
    ['\\P{L}', 'a1', ['1']],
    ['\\Qa.b\\E+', 'a.bb', ['a.bb']],
    ['\\x41\\u0042\\x{1F600}\\0103', 'AB😀C', ['AB😀C']],
    ['\\ud83d\\ude00', '😀', ['😀']],
    ['\\ud83d', '😀\ud83d', ['\ud83d']],
    ['.', '😀', ['😀']],
    ['[^a]', '😀', ['😀']],
    ['', '😀', ['', '', '']],
    ['\\X', 'e\u0301x', ['e\u0301', 'x']],
    ['(a)\\1', 'aa', ['aa']],
    ['(?<c>a|b)\\k<c>', 'abb', ['bb']],
    ['(?i)(a)\\1', 'aA', ['aA']],
    ['(a)|\\1b', 'b', []],
    ['\\1', 'a', []],
    ['a(?=b)', 'ab ac', ['a']],
    ['a(?!b).', 'ab ac', ['ac']],
    ['(?<=a)b', 'ab cb', ['b']],
    ['(?<!a)b', 'ab cb', ['b']],
    ['(?<=a+)b', 'caab', ['b']],
    ['(?<=a+a+)b', 'aaab', []],
    ['(?<=😀)b', '😀b', ['b']],
    ['\\Ga', 'aaba', ['a', 'a']],
    ['(a?)*b', 'aab', ['aab']],
    ['(a*)*', 'b', ['', '']],
    ['(?:a?){3}b', 'ab', ['ab']],
  ])('%j finds in %j %j', (pattern, text, matches) => {
    expect(found(pattern, text)).toEqual(matches);
  });

  it.each<[pattern: string, text: string, groups: (string | undefined)[]]>([
    ['(a)(b)?', 'a', ['a', 'a', undefined]],
    ['(?:(a)|b)*', 'ab', ['ab', 'a']],
    ['(a|b)*', 'ab', ['ab', 'b']],
    ['(?=(a))', 'a', ['', 'a']],
    ['(?!(a)b)', 'ac', ['', undefined]],
    ['((a)|b)+', 'ab', ['ab', 'b', 'a']],
    ['(?<n>a)(b)', 'ab', ['ab', 'a', 'b']],
  ])('%j captures in %j %j', (pattern, text, captured) => {
    expect(groups(pattern, text)).toEqual(captured);
  });

  it('finds a quoted text wherever indexOf does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (needle, hay) => {
        const pattern = new Pattern(`\\Q${needle.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`);
        expect(pattern.isIn(hay)).toBe(hay.includes(needle));
        expect(pattern.isIn(hay + needle)).toBe(true);
      }),
    );
  });

  it('agrees with JavaScript where both mean the same', () => {
    const piece = fc.constantFrom('a', 'b', '.', 'a*', 'b+?', '(a|b)', '(?:ab)?', '[ab]', 'a{1,2}', '(?=a)', '(?!b)');
    const patterns = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(patterns, fc.string({ unit: fc.constantFrom('a', 'b', 'c') }), (pattern, text) => {
        const expected = [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => [match.index, match[0]]);
        const actual = [...new Pattern(pattern).find(text)].map((match) => [match.start, match.groups[0]]);
        // Java finds an empty match directly after another match, as JavaScript does.
        expect(actual).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('takes long texts without running out of stack', () => {
    const text = 'ab'.repeat(100_000);
    expect(found('(a|b)*', text)[0]?.length).toBe(text.length);
    expect(found('(?:a(?=b)b)+?$', text)[0]?.length).toBe(text.length);
  });

  it('remembers where a loop has failed', () => {
    expect(found('(a+)+b', 'a'.repeat(40))).toEqual([]);
    expect(found('(a|aa)+$', `${'a'.repeat(60)}b`)).toEqual([]);
  });

  it.each<[pattern: string, text: string]>([
    ['(a*)*b', 'a'.repeat(20_000)],
    ['[a-c]*d', 'a'.repeat(200_000)],
    ['a*?b', 'a'.repeat(200_000)],
    ['(a*)\\1b', 'a'.repeat(2_000)],
    ['(?<=.{0,100000}😀)a', 'a'.repeat(5_000)],
    [`[^${'αβ'.repeat(30_000)}]*`, 'ж'.repeat(100)],
    ['.\\b{g}x', 'a'.repeat(2_000)],
    ['\\X*y', 'a'.repeat(2_000)],
    ['\\b', '\u0300'.repeat(1_000)],
  ])('reports its steps while it searches, and ends when the callback throws (%#)', (pattern, text) => {
    const compiled = new Pattern(pattern);
    const reports: number[] = [];
    try {
      compiled.isIn(text, (steps) => reports.push(steps));
    } catch (error) {
      expect(error).toBeInstanceOf(TooManySteps);
    }
    // One test of a class may take more steps than the reporting interval.
    expect(Math.max(...reports)).toBeLessThan(10_000);
    expect(reports.length).toBeGreaterThan(10);
    let times = 0;
    const end = () => {
      if (++times === 2) throw new RangeError('over');
    };
    expect(() => compiled.isIn(text, end)).toThrow();
    expect(times).toBeLessThan(4);
  });

  it('gives up when backtracking explodes', () => {
    expect(() => found('(x+x+)+\\1y', 'x'.repeat(60))).toThrow(TooManySteps);
    expect(() => found('(.*)(.*)(.*)(.*)(.*)z', 'x'.repeat(2000))).toThrow(TooManySteps);
  });
});

const NAME = '$'.concat('{n}');

describe('a replacement', () => {
  const replace = (pattern: string, text: string, replacement: string, onlyFirst = false) =>
    new Pattern(pattern).replace(text, replacement, onlyFirst);

  it('may refer to groups', () => {
    expect(replace('(\\w+) (\\w+)', 'john smith', '$2, $1')).toBe('smith, john');
    expect(replace('(?<n>x)', 'x', `<${NAME}>`)).toBe('<x>');
    expect(replace('(a)', 'a', '$10')).toBe('a0');
    expect(replace('a(b)?', 'a', '[$1]')).toBe('[]');
    expect(replace('a', 'a', '\\$1\\\\')).toBe('$1\\');
  });

  it('refers by zeros, however many, to the whole match', () => {
    expect(replace('a', 'a', `[$${'0'.repeat(500_000)}]`)).toBe('[a]');
  });

  it('is put at every match, or at the first', () => {
    expect(replace('x*', 'abc', '-')).toBe('-a-b-c-');
    expect(replace('l', 'hello', 'L', true)).toBe('heLlo');
  });

  it.each(['$', '$x', '$2', `${NAME}`, '$'.concat('{'), 'a\\'])('%s refers to nothing', (replacement) => {
    expect(() => replace('(a)', 'a', replacement)).toThrow(ReplacementError);
    expect(replace('(b)', 'a', replacement)).toBe('a');
  });
});
