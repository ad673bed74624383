// The field paths of indexes and unique constraints.
import { ObjectValue } from '../../values/values.js';
import { failure, type Path, type Validator } from '../evaluate/shape.js';
import { parseFieldPath } from '../parse/parse.js';

const DISALLOWED: Readonly<Record<'term' | 'value' | 'unique', Readonly<Record<string, string>>>> = {
  term: {
    id: '`id` is not supported as an index term, use the native byId method to look up a document by its id.',
    coll: '`coll` is not supported as an index term.',
    ts: '`ts` may only be used as an index value, not as an index term.',
  },
  value: { coll: '`coll` is not supported as a specified index value.' },
  unique: {
    id: '`id` is not supported as a unique constraint value.',
    coll: '`coll` is not supported as a unique constraint value.',
    ts: '`ts` is not supported as a unique constraint value.',
  },
};

/** Parses a path, with or without a leading dot. */
export function fieldPath(text: string): readonly (string | number)[] | undefined {
  const dotted = text.startsWith('.') ? text : `.${text}`;
  const read = parseFieldPath(dotted, { name: '*path*', text: dotted });
  return read.ok ? read.value.elements.map(({ key }) => key) : undefined;
}

function pathFailures(kind: keyof typeof DISALLOWED, text: string, at: Path) {
  if (text === '') return [failure(at, 'Value cannot be empty.')];
  const path = fieldPath(text);
  if (path === undefined) return [failure(at, `Value \`${text}\` is not a valid FQL path expression.`)];
  const [first] = path;
  const reason =
    typeof first === 'string' && Object.hasOwn(DISALLOWED[kind], first) ? DISALLOWED[kind][first] : undefined;
  return reason === undefined ? [] : [failure(at, reason)];
}

/** Checks a path, or the paths of a unique constraint. */
export const pathValidator =
  (kind: keyof typeof DISALLOWED): Validator =>
  (value, _, path) => {
    const given = Array.isArray(value) ? (value as readonly unknown[]) : [value];
    return given.flatMap((each) => {
      const text = each instanceof ObjectValue ? each.fields.get('field') : each;
      return typeof text === 'string' ? pathFailures(kind, text, path) : [];
    });
  };
