// The names of the types that a collection's name and alias give, which no other collection's may give as well.
import { isUserCollection, NATIVE } from '../../values/ids.js';
import type { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { type Diagnostic, error } from '../parse/diagnostic.js';
import { hashOfText, inSetOrder } from '../types/hash-order.js';
import { LIBRARY_SHAPES } from '../types/library-types.js';

const FIELDS = ['name', 'alias'] as const;

const typesOf = (name: string): readonly string[] => [name, `${name}Collection`, `Null${name}`];

const nameIn = (data: ObjectValue | undefined, field: (typeof FIELDS)[number]): string | undefined => {
  const name = data?.fields.get(field);
  return typeof name === 'string' ? name : undefined;
};

/** How many collections, or parts of the library, give a type its name. */
function countTypes({ host }: Context): (type: string) => number {
  const { scope } = host.auth;
  const { written } = host.model.schema(scope);
  const counts = new Map<string, number>();
  for (const [{ id }] of host.model.documents.scan(scope, NATIVE.collections)) {
    const data = isUserCollection(Number(id)) ? written.definition(NATIVE.collections, id) : undefined;
    for (const name of FIELDS.map((field) => nameIn(data, field)))
      for (const type of name === undefined ? [] : typesOf(name)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return (type) => (counts.get(type) ?? 0) + (LIBRARY_SHAPES.has(type) ? 1 : 0);
}

/**
 * Finds collections whose new name or alias gives a type a name that another type has. Names that the query has not
 * changed are not checked: FQL v4 accepts any.
 *
 * @param changed the collections' documents that the query has written, and where
 */
export function derivedTypeConflicts(
  context: Context,
  changed: Iterable<{ readonly ref: Ref; readonly context: Context }>,
): Diagnostic[] {
  const { model, auth } = context.host;
  let countOf: ((type: string) => number) | undefined;
  return [...changed].flatMap(({ ref, context: { span } }) => {
    const before = model.documents.stored(ref).findLast((version) => version.ts < model.keys.writeTime);
    const now = model.schema(auth.scope).written.definition(ref.collection, ref.id);
    return FIELDS.flatMap((field) => {
      const name = nameIn(now, field);
      if (name === undefined || name === nameIn(before?.deleted ? undefined : before?.data, field)) return [];
      countOf ??= countTypes(context);
      const count = countOf;
      const taken = inSetOrder(
        typesOf(name).filter((type) => count(type) > 1),
        hashOfText,
      );
      if (taken.length === 0) return [];
      const types = taken.join(', ');
      const message = `The collection ${field} \`${name}\` generates types that conflict with the following existing types: ${types}`;
      return [error(message, span)];
    });
  });
}
