// The schema of a collection as its document has it, in the form that a schema file has.
import type { StoredValue } from '../../storage/data.js';
import { ObjectValue } from '../../values/values.js';
import type { Expression, FieldPath, Name } from '../parse/ast.js';
import { parseExpression, parseFieldPath, parseSchemaType, parseType } from '../parse/parse.js';
import type { CollectionItem, FieldItem, MigrationItem } from '../parse/schema-ast.js';
import { NULL_SOURCE, NULL_SPAN, type Source } from '../parse/span.js';

type Stored = ReadonlyMap<string, StoredValue>;
const fieldsOf = (value: unknown): Stored =>
  value instanceof ObjectValue ? (value.fields as Stored) : new Map<string, StoredValue>();
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const listOf = (value: unknown): readonly StoredValue[] =>
  Array.isArray(value) ? (value as readonly StoredValue[]) : [];

/** Only what migrations need of it. Positions exist only within the types and values of its fields. */
export function itemOfDefinition(definition: ObjectValue): CollectionItem {
  const fields = definition.fields as Stored;
  const collection = textOf(fields.get('name')) ?? '';
  const items = listOf(fields.get('migrations')).flatMap((given) => migrationOf(fieldsOf(given)));
  const wildcard = textOf(fields.get('wildcard'));
  return {
    kind: 'collection',
    name: unplaced(collection),
    span: NULL_SPAN,
    docComment: undefined,
    alias: undefined,
    fields: [
      ...[...fieldsOf(fields.get('fields'))].flatMap(([name, given]) => fieldOf(collection, name, fieldsOf(given))),
      ...(wildcard === undefined ? [] : wildcardOf(collection, wildcard)),
    ],
    migrations:
      items.length === 0
        ? undefined
        : {
            keyword: 'migrations',
            name: undefined,
            config: { kind: 'migrations', items, span: NULL_SPAN },
            span: NULL_SPAN,
          },
    indexes: [],
    uniques: [],
    checks: [],
    historyDays: undefined,
    ttlDays: undefined,
    documentTtls: undefined,
  };
}

const unplaced = (text: string): Name => ({ text, span: NULL_SPAN });

function fieldOf(collection: string, name: string, given: Stored): readonly FieldItem[] {
  const source = `*field:${collection}:${name}*`;
  const signature = textOf(given.get('signature')) ?? 'Any';
  const type = parseSchemaType(signature, { name: source, text: signature });
  if (!type.ok) return [];
  const defaultText = textOf(given.get('default'));
  // Errors name this source: the real server calls it so.
  const value = expressionOf(defaultText, { name: 'foo', ...(defaultText !== undefined && { text: defaultText }) });
  return [
    {
      kind: 'defined',
      name: unplaced(name),
      type: type.value,
      default: value && { kind: 'expression', expression: value, span: value.span },
      span: NULL_SPAN,
    },
  ];
}

function wildcardOf(collection: string, text: string): readonly FieldItem[] {
  const read = parseType(text, { name: `*field:${collection}:<wildcard>*`, text });
  return read.ok ? [{ kind: 'wildcard', name: unplaced('*'), type: read.value, span: NULL_SPAN }] : [];
}

function expressionOf(text: string | undefined, source: Source): Expression | undefined {
  const read = text === undefined ? undefined : parseExpression(text, source);
  return read?.ok ? read.value : undefined;
}

function pathOf(given: unknown): FieldPath {
  const text = textOf(given) ?? '';
  const read = parseFieldPath(text.startsWith('.') ? text : `.${text}`);
  const elements = read.ok ? read.value.elements : [{ key: text, span: NULL_SPAN }];
  return { elements: elements.map(({ key }) => ({ key, span: NULL_SPAN })), span: NULL_SPAN };
}

function migrationOf(given: Stored): readonly MigrationItem[] {
  const [first] = given;
  if (!first) return [];
  const [kind, fields] = [first[0] as MigrationItem['kind'], fieldsOf(first[1])];
  const path = pathOf(fields.get('field'));
  const span = NULL_SPAN;
  switch (kind) {
    case 'backfill': {
      const value = expressionOf(textOf(fields.get('value')), NULL_SOURCE);
      return value ? [{ kind, path, value, span }] : [];
    }
    case 'split':
      return [{ kind, path, into: listOf(fields.get('to')).map(pathOf), span }];
    case 'move':
      return [{ kind, path, to: pathOf(fields.get('to')), span }];
    case 'add':
    case 'drop':
      return [{ kind, path, span }];
    case 'move_conflicts':
    case 'move_wildcard':
      return [{ kind, into: pathOf(fields.get('into')), span }];
    case 'add_wildcard':
      return [{ kind, span }];
  }
}
