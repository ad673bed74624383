// Types as shown to people.
import type { Literal } from '../parse/ast.js';
import { isIdentifier } from '../parse/lexical.js';
import { decimalText } from './decimal.js';
import { literalKey } from './terms.js';

export type ShownParameter = readonly [name: string | undefined, type: Shown];

export type Shown = { readonly key: string } & (
  | { readonly k: 'hole' | 'any' | 'never' }
  | { readonly k: 'singleton'; readonly literal: Literal }
  | { readonly k: 'id'; readonly name: string }
  | { readonly k: 'generic'; readonly name: string; readonly arguments: readonly Shown[] }
  | {
      readonly k: 'object';
      readonly fields: readonly (readonly [string, Shown])[];
      readonly wildcard: Shown | undefined;
    }
  | { readonly k: 'interface'; readonly fields: readonly (readonly [string, Shown])[] }
  | { readonly k: 'projection'; readonly projection: Shown; readonly result: Shown }
  | { readonly k: 'tuple'; readonly elements: readonly Shown[] }
  | {
      readonly k: 'lambda';
      readonly parameters: readonly ShownParameter[];
      readonly variadic: ShownParameter | undefined;
      readonly result: Shown;
    }
  | { readonly k: 'union' | 'intersection'; readonly members: readonly Shown[] }
  | { readonly k: 'difference'; readonly of: Shown; readonly sub: Shown }
  | { readonly k: 'recursive'; readonly name: string; readonly of: Shown }
);

/** Whether a type contains one of some literals. */
export function mentions(type: Shown, literals: ReadonlySet<string>): boolean {
  for (const literal of literals) if (type.key.includes(JSON.stringify(literal))) return true;
  return false;
}

const keys = (list: readonly Shown[]) => list.map(({ key }) => key).join();
const fieldKeys = (fields: readonly (readonly [string, Shown])[]) =>
  fields.map(([name, each]) => `${JSON.stringify(name)}:${each.key}`).join();

export const shown = {
  hole: { k: 'hole', key: '_' } as Shown,
  any: { k: 'any', key: '?' } as Shown,
  never: { k: 'never', key: '!' } as Shown,
  singleton: (literal: Literal): Shown => ({ k: 'singleton', literal, key: JSON.stringify(literalKey(literal)) }),
  id: (name: string): Shown => ({ k: 'id', name, key: name }),
  generic: (name: string, args: readonly Shown[]): Shown => ({
    k: 'generic',
    name,
    arguments: args,
    key: `${name}<${keys(args)}>`,
  }),
  object: (fields: readonly (readonly [string, Shown])[], wildcard: Shown | undefined): Shown => ({
    k: 'object',
    fields,
    wildcard,
    key: `{${fieldKeys(fields)}*${wildcard?.key ?? ''}}`,
  }),
  interface: (fields: readonly (readonly [string, Shown])[]): Shown => ({
    k: 'interface',
    fields,
    key: `{${fieldKeys(fields)}...}`,
  }),
  projection: (projection: Shown, result: Shown): Shown => ({
    k: 'projection',
    projection,
    result,
    key: `.{${projection.key}}${result.key}`,
  }),
  tuple: (elements: readonly Shown[]): Shown => ({ k: 'tuple', elements, key: `[${keys(elements)}]` }),
  lambda: (parameters: readonly ShownParameter[], variadic: ShownParameter | undefined, result: Shown): Shown => ({
    k: 'lambda',
    parameters,
    variadic,
    result,
    key: `(${[...parameters, ...(variadic ? [variadic] : [])].map(([name, each]) => `${name ?? ''}:${each.key}`).join()}${variadic ? '...' : ''})=>${result.key}`,
  }),
  many: (k: 'union' | 'intersection', members: readonly Shown[]): Shown => ({
    k,
    members,
    key: `${k}(${keys(members)})`,
  }),
  difference: (of: Shown, sub: Shown): Shown => ({ k: 'difference', of, sub, key: `(${of.key}-${sub.key})` }),
  recursive: (name: string, of: Shown): Shown => ({ k: 'recursive', name, of, key: `(${of.key} as ${name})` }),
};

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\0': '\\0',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\v': '\\v',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '#': '\\#',
};
// Control characters, and those that would affect how surrounding text is displayed.
const isHidden = (code: number): boolean =>
  (code < 0x20 && !(code > 0x08 && code < 0x0e)) ||
  code === 0x7f ||
  code >= 0xfff0 ||
  code === 0xfeff ||
  (code >= 0x2000 && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202f) ||
  (code >= 0x2060 && code <= 0x206f);

/** A text as a literal. */
export function quoted(text: string): string {
  let out = '"';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const escaped = ESCAPES[character];
    if (escaped !== undefined) out += escaped;
    else if (code > 0xffff) out += `\\u{${code.toString(16).padStart(6, '0')}}`;
    else if (isHidden(code)) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += character;
  }
  return `${out}"`;
}

function literalText(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null';
    case 'double':
      return decimalText(literal.text);
    case 'string':
      return quoted(literal.value);
    default:
      return String(literal.value);
  }
}

const fieldName = (name: string): string => (isIdentifier(name) ? name : `"${name}"`);
const fieldTexts = (fields: readonly (readonly [string, Shown])[]) =>
  fields.map(([name, each]) => `${fieldName(name)}: ${textOf(each)}`);

/**
 * The text of a type, with parentheses where the context binds tighter. `schema/print.ts` prints types that were written:
 * inferred ones have forms that cannot be written, and quote texts as errors do.
 */
export function textOf(type: Shown, around = 0): string {
  const within = (text: string, own: number) => (around > own ? `(${text})` : text);
  switch (type.k) {
    case 'hole':
      return '_';
    case 'any':
      return 'Any';
    case 'never':
      return 'Never';
    case 'singleton':
      return literalText(type.literal);
    case 'id':
      return type.name;
    case 'generic':
      return `${type.name}<${type.arguments.map((each) => textOf(each)).join(', ')}>`;
    case 'object': {
      const parts = [...fieldTexts(type.fields), ...(type.wildcard ? [`*: ${textOf(type.wildcard)}`] : [])];
      return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
    }
    case 'interface':
      return type.fields.length === 0 ? '{}' : `{ ${fieldTexts(type.fields).join(', ')}, ... }`;
    case 'projection':
      return `.{ ${textOf(type.projection)} } => ${textOf(type.result)}`;
    case 'tuple':
      return `[${type.elements.map((each) => textOf(each)).join(', ')}]`;
    case 'lambda': {
      const { parameters, variadic, result } = type;
      const [only] = parameters;
      if (parameters.length === 1 && only && !variadic) {
        const [name, each] = only;
        const parameter = name === undefined ? textOf(each, 11) : `(${name}: ${textOf(each, 11)})`;
        return within(`${parameter} => ${textOf(result, 10)}`, 10);
      }
      const texts = parameters.map(([name, each]) => `${name === undefined ? '' : `${name}: `}${textOf(each, 10)}`);
      if (variadic) texts.push(`${variadic[0] === undefined ? '' : `${variadic[0]}: `}...${textOf(variadic[1], 10)}`);
      return within(`(${texts.join(', ')}) => ${textOf(result, 10)}`, 10);
    }
    case 'union':
      return within(type.members.map((each) => textOf(each, 20)).join(' | '), 20);
    case 'intersection':
      return within(type.members.map((each) => textOf(each, 30)).join(' & '), 30);
    case 'difference':
      return within(`${textOf(type.of, 50)} - ${textOf(type.sub, 50)}`, 15);
    case 'recursive':
      return within(`${textOf(type.of, 50)} as ${type.name}`, 40);
  }
}
