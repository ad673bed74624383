// What the items of a schema consist of, for printing and comparing them alike.
import type { Annotation, FieldItem, Member, SchemaItem } from '../parse/schema-ast.js';
import { decimalText } from '../types/decimal.js';

/** The annotations of an item. */
export function annotationsOf(item: SchemaItem): readonly Annotation[] {
  const all = item.kind === 'collection' ? [item.alias] : item.kind === 'function' ? [item.alias, item.role] : [];
  return all.filter((each) => each !== undefined);
}

/** The fields of an item. */
export const fieldsOf = (item: SchemaItem): readonly FieldItem[] => (item.kind === 'collection' ? item.fields : []);

/** The members of an item, in the order in which they are printed. */
export function membersOf(item: SchemaItem): readonly Member[] {
  switch (item.kind) {
    case 'collection': {
      const settings = [item.historyDays, item.ttlDays, item.documentTtls, item.migrations];
      return [...item.indexes, ...item.uniques, ...item.checks, ...settings.filter((each) => each !== undefined)];
    }
    case 'role':
      return [...item.privileges, ...item.membership];
    case 'access provider':
      return [item.issuer, item.jwksUri, ...item.roles];
    case 'function':
      return [];
  }
}

/**
 * The code without positions, as a key that is equal for the same code. Numbers are equal if their values are, and two
 * lambdas if they are written in the same form.
 */
export const codeKey = (code: unknown): string =>
  JSON.stringify(code, function (this: { kind?: unknown }, key, value: unknown) {
    if (key === 'span' || key.endsWith('Span') || key === 'docComment') return undefined;
    // The position of `?.`, which either is there or not.
    if (key === 'optional' || key === 'applyOptional') return value !== undefined && value !== false;
    if (typeof value === 'bigint') return `${value}n`;
    return key === 'text' && this.kind === 'double' ? decimalText(String(value)) : value;
  });
