/** A JSON value; {@link Raw} stands for text that JSON.stringify cannot produce. */
export type Json = null | boolean | number | string | Raw | readonly Json[] | { readonly [name: string]: Json };

/** A piece of a body, sent as it is. */
export class Raw {
  constructor(readonly text: string) {}
}

/** Numbers that parsers tend to misread. */
const NUMBERS = ['1e400', '-1e400', '1e308', '-0', '9007199254740993', '9223372036854775808', '-9223372036854775809'];
const MORE_NUMBERS = ['-1', '0', '1.5', '0.1e-400', '2147483648', '4294967296', '253402300800000', '9'.repeat(400)];

const STRINGS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  'İ',
  'ﬀ',
  '__proto__',
  'constructor',
  'toString',
  '0',
  '-1',
  '1e400',
];
const MORE_STRINGS = [
  'NaN',
  'null',
  '2020-02-30T25:61:61Z',
  '+999999999-12-31T23:59:59.999999999Z',
  '{"a":1}',
  '[',
  '(',
  '(a+)+$',
  '\\',
  '%',
  '%00',
  '../..',
  'a@b@c',
  '====',
  'data:,',
  'x'.repeat(5000),
  'é'.repeat(3000),
  '\n',
];

const HOSTILE: readonly Json[] = [
  ...[...NUMBERS, ...MORE_NUMBERS].map((text) => new Raw(text)),
  ...STRINGS,
  ...MORE_STRINGS,
  null,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  { '': null },
  { __proto: 1, constructor: { prototype: 1 } },
  new Raw('{"__proto__":{"a":1}}'),
  new Raw('{"a":1,"a":2}'),
  new Raw(`${'['.repeat(300)}${']'.repeat(300)}`),
  new Raw(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`),
  { '@ref': { id: '1', collection: { '@ref': { id: 'x', collection: { '@ref': { id: 'collections' } } } } } },
  { '@ts': '2020-01-01T00:00:00Z' },
  { '@ts': '+1000000000-01-01T00:00:00Z' },
  { '@date': '2020-02-31' },
  { '@bytes': '====' },
  { '@set': { match: 1 } },
  { '@query': { lambda: 'x', expr: { var: 'y' } } },
  { '@obj': { '@obj': 1 } },
];

/** Changes values at random. */
export class Mutator {
  readonly #random: () => number;
  readonly #others: readonly Json[];

  /** @param others values whose parts are inserted into the modified ones */
  constructor(random: () => number, others: readonly Json[]) {
    this.#random = random;
    this.#others = others;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }

  hostile(): Json {
    return this.pick(HOSTILE);
  }

  /** A value with one part modified. */
  json(value: Json): Json {
    let at = this.below(sizeOf(value));
    const go = (part: Json): Json => {
      if (at-- === 0) return this.#instead(part);
      if (Array.isArray(part)) return part.map((each) => (at < 0 ? each : go(each)));
      if (isObject(part)) {
        return fromEntries(Object.entries(part).map(([name, each]) => [name, at < 0 ? each : go(each)]));
      }
      return part;
    };
    return go(value);
  }

  text(text: string): string {
    const at = this.below(text.length + 1);
    switch (this.below(6)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text.slice(at);
      case 2:
        return text.slice(0, at) + text.slice(at + 1 + this.below(3));
      case 3:
        return text.slice(0, at) + this.pick([...STRINGS, ...MORE_STRINGS]) + text.slice(at);
      case 4:
        return text.slice(0, at) + String.fromCharCode(this.below(this.pick([128, 256, 65_536]))) + text.slice(at + 1);
      default:
        return text.slice(0, at) + text.slice(at, at + this.below(20)).repeat(2) + text.slice(at);
    }
  }

  /** A program in FQL v10 or FSL with some of its tokens modified. */
  program(text: string): string {
    const tokens = tokensOf(text);
    const from = this.below(tokens.length + 1);
    const to = Math.min(tokens.length, from + this.below(8));
    const some = tokens.slice(from, to);
    const replaced = this.pick<() => readonly string[]>([
      () => [],
      () => [...some, ...some],
      () => some.toReversed(),
      () => Array.from({ length: this.pick([2, 20, 400]) }, () => some).flat(),
      () => this.#wrapped(some),
      () => some.map((token) => (/^\d/.test(token) ? this.pick([...NUMBERS, ...MORE_NUMBERS]) : token)),
      () => some.map((token) => (token.startsWith('"') ? JSON.stringify(this.pick(STRINGS)) : token)),
      () => [this.pick(tokensOf(this.#textIn(this.pick(this.#others)))) ?? ''],
      () => tokensOf(this.#textIn(this.pick(this.#others))),
    ])();
    return [...tokens.slice(0, from), ...replaced, ...tokens.slice(to)].join('');
  }

  #wrapped(tokens: readonly string[]): readonly string[] {
    const [open, close] = this.pick([
      ['(', ')'],
      ['[', ']'],
      ['{', '}'],
      ['{ a: ', ' }'],
      ['(x) => { ', ' }'],
      ['if (true) { ', ' }'],
      ['"#{', '}"'],
      ['Set.single(', ')'],
    ] as const);
    const depth = this.pick([1, 3, 300]);
    return [open.repeat(depth), ...tokens, close.repeat(depth)];
  }

  /** A string within a value, as a program is in a request. */
  #textIn(value: Json): string {
    const part = this.#partOf(value);
    return typeof part === 'string' ? part : typeof value === 'string' ? value : '';
  }

  #instead(part: Json): Json {
    switch (this.below(7)) {
      case 0:
      case 1:
        return this.hostile();
      case 2:
        return this.#partOf(this.pick(this.#others));
      case 3:
        return this.pick<(part: Json) => Json>([(it) => [it], (it) => ({ object: it }), (it) => [it, it]])(part);
      default:
        return this.#alike(part);
    }
  }

  /** A replacement, of the same type if possible. */
  #alike(part: Json): Json {
    if (typeof part === 'string') return this.text(part);
    if (typeof part === 'number') {
      return this.pick<Json>([
        part + 1,
        part - 1,
        -part,
        part * 1000,
        part / 3,
        String(part),
        new Raw(this.pick(NUMBERS)),
      ]);
    }
    if (Array.isArray(part) && part.length > 0) {
      const at = this.below(part.length);
      return this.pick<() => Json>([
        () => part.toSpliced(at, 1),
        () => part.toSpliced(at, 0, part[this.below(part.length)]!),
        () => part.toReversed(),
        () => part[at]!,
      ])();
    }
    if (isObject(part)) {
      const fields = Object.entries(part);
      const at = this.below(fields.length);
      const other = Object.entries(this.#objectIn(this.pick(this.#others)));
      if (fields.length === 0) return fromEntries(other);
      const [name, value] = fields[at]!;
      return this.pick<() => Json>([
        () => fromEntries(fields.toSpliced(at, 1)),
        () => fromEntries(fields.toSpliced(at, 1, [this.text(name), value])),
        () => fromEntries([...fields, ...other]),
        () => fromEntries(fields.toSpliced(at, 1, [name, this.hostile()])),
        () => value,
      ])();
    }
    return this.hostile();
  }

  #partOf(value: Json): Json {
    let at = this.below(sizeOf(value));
    const go = (part: Json): Json | undefined => {
      if (at-- === 0) return part;
      for (const each of childrenOf(part)) {
        const found = go(each);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return go(value) ?? null;
  }

  #objectIn(value: Json): { readonly [name: string]: Json } {
    const part = this.#partOf(value);
    return isObject(part) ? part : isObject(value) ? value : {};
  }
}

/** The text to send. */
export function write(value: Json): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(write)}]`;
  if (isObject(value))
    return `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}:${write(each)}`)}}`;
  return JSON.stringify(value);
}

function tokensOf(text: string): readonly string[] {
  return text.match(/[A-Za-z_]\w*|\d[\w.]*|"(?:[^"\\]|\\.)*"|\s+|[^\s\w]/g) ?? [];
}

function childrenOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
}

function sizeOf(value: Json): number {
  return childrenOf(value).reduce((sum: number, each) => sum + sizeOf(each), 1);
}

export function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Raw);
}

// `__proto__` is an ordinary name.
function fromEntries(fields: readonly (readonly [string, Json])[]): Json {
  return Object.fromEntries(fields);
}
