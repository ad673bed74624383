// Converts schema types to shapes of stored values.

import { NATIVE } from '../../values/ids.js';
import {
  array,
  type FieldShape,
  literal,
  optional,
  type ScalarName,
  type Shape,
  scalar,
  union,
} from '../evaluate/shape.js';
import type { TypeExpression } from '../parse/ast.js';

const SCALARS: ReadonlySet<string> = new Set([
  'Null',
  'Int',
  'Long',
  'Double',
  'Number',
  'Boolean',
  'String',
  'Time',
  'Date',
  'Bytes',
  'UUID',
  'ID',
]);

/** The native collections whose documents have ids instead of names, so that types can refer to them. */
const SECRETS: ReadonlyMap<string, number> = new Map([
  ['Key', NATIVE.keys],
  ['Token', NATIVE.tokens],
  ['Credential', NATIVE.credentials],
]);

/** The shape of a type's values. `collectionNamed` finds the collections that it refers to. */
export function shapeOfType(type: TypeExpression, collectionNamed: (name: string) => number | undefined): Shape {
  const inner = (each: TypeExpression) => shapeOfType(each, collectionNamed);
  switch (type.kind) {
    case 'any':
      return scalar('Any');
    case 'never':
      return { kind: 'union', members: [] };
    case 'singleton': {
      const { literal: given } = type;
      if (given.kind === 'null') return scalar('Null');
      return literal(given.kind === 'double' ? Number(given.text) : given.value);
    }
    case 'name':
      return named(type.name, collectionNamed);
    case 'generic': {
      const [argument] = type.arguments;
      if (type.name.text === 'Array' && argument) return array(inner(argument));
      if ((type.name.text === 'Ref' || type.name.text === 'EmptyRef') && argument) return reference(inner(argument));
      return scalar('Any');
    }
    case 'objectType': {
      const fields = new Map<string, FieldShape>(
        type.fields.map(({ name, type: field }) => [name.text, { shape: inner(field) }]),
      );
      return {
        kind: 'object',
        fields,
        wildcard: type.wildcard ? inner(type.wildcard) : type.open ? scalar('Any') : undefined,
      };
    }
    case 'tupleType':
      return { kind: 'tuple', elements: type.elements.map(inner) };
    case 'functionType':
      return scalar('Query');
    case 'union':
      return { kind: 'union', members: type.members.map(inner) };
    case 'intersection':
      return inner(type.members[0] as TypeExpression);
    case 'nullable':
      return optional(inner(type.base));
  }
}

/** An optional document. */
function reference(shape: Shape): Shape {
  return shape.kind === 'document' ? union(shape, { ...shape, name: `Null${shape.name}` }) : shape;
}

function named(name: string, collectionNamed: (name: string) => number | undefined): Shape {
  if (name === 'Float') return scalar('Double');
  if (SCALARS.has(name)) return scalar(name as ScalarName);
  const idOf = (each: string) => collectionNamed(each) ?? SECRETS.get(each);
  const collection = idOf(name) ?? (name.startsWith('Null') ? idOf(name.slice(4)) : undefined);
  return { kind: 'document', collection, name };
}
