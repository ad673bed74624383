// The shapes of documents, and validation against them.

import { mutableMapOrder } from '@supertokens-faunadb/java/hash-order';
import type { StoredValue } from '../../storage/data.js';
import { sameStored } from '../../values/objects.js';
import { Bytes, DateValue, Lambda, ObjectValue, Ref, Time, Uuid } from '../../values/values.js';
import { isIdentifier } from '../parse/lexical.js';
import type { ConstraintFailure } from './failures.js';
import { quoted } from './quoted.js';

export type Path = readonly (string | number)[];

export type ScalarName =
  | 'Any'
  | 'Null'
  | 'Int'
  | 'Long'
  | 'Double'
  | 'Number'
  | 'Boolean'
  | 'String'
  | 'Time'
  | 'Date'
  | 'Bytes'
  | 'UUID'
  | 'ID'
  | 'Query'
  | 'AnyDoc';

/** The shape of a value. */
export type Shape =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'literal'; readonly value: StoredValue }
  | { readonly kind: 'document'; readonly collection: number | undefined; readonly name: string }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, FieldShape>; readonly wildcard: Shape | undefined }
  | { readonly kind: 'array'; readonly element: Shape }
  | { readonly kind: 'tuple'; readonly elements: readonly Shape[] }
  | { readonly kind: 'union'; readonly members: readonly Shape[] };

/** A further check of a field, given its new and its old value. */
export type Validator = (
  value: StoredValue,
  before: StoredValue | undefined,
  path: Path,
) => readonly ConstraintFailure[];

export interface FieldShape {
  readonly shape: Shape;
  readonly readOnly?: boolean;
  /** Clients can neither see nor write it. */
  readonly internal?: boolean;
  readonly validate?: Validator;
  /** The name under which it is stored. */
  readonly alias?: string;
  /** Its value if none is given. */
  readonly default?: () => StoredValue;
}

export const scalar = (name: ScalarName): Shape => ({ kind: 'scalar', name });
export const union = (...members: Shape[]): Shape => ({ kind: 'union', members });
export const optional = (shape: Shape): Shape =>
  shape.kind === 'union' ? union(...shape.members, scalar('Null')) : union(shape, scalar('Null'));
export const array = (element: Shape): Shape => ({ kind: 'array', element });
export const literal = (value: StoredValue): Shape => ({ kind: 'literal', value });
export const object = (fields: Readonly<Record<string, Shape | FieldShape>>, wildcard?: Shape): Shape => ({
  kind: 'object',
  fields: new Map(Object.entries(fields).map(([name, field]) => [name, 'kind' in field ? { shape: field } : field])),
  wildcard,
});
export const ANY_OBJECT: Shape = { kind: 'object', fields: new Map(), wildcard: scalar('Any') };
export const oneOrMore = (shape: Shape): Shape => union(array(shape), shape);

const isInt = (value: StoredValue) => typeof value === 'bigint' && BigInt.asIntN(32, value) === value;

export function isNullable(shape: Shape): boolean {
  if (shape.kind === 'union') return shape.members.some(isNullable);
  return shape.kind === 'scalar' && shape.name === 'Null';
}

/** The name of a field in a type, as in errors. */
const fieldName = (name: string) => (isIdentifier(name) ? name : quoted(name));

/** A shape as a type in code. */
export function shapeText(shape: Shape, precedence = 0): string {
  switch (shape.kind) {
    case 'scalar':
      return shape.name === 'AnyDoc' ? '{ *: Any }' : shape.name;
    case 'literal':
      return typeof shape.value === 'string' ? quoted(shape.value) : String(shape.value);
    case 'document':
      return shape.name;
    case 'array':
      return `Array<${shapeText(shape.element)}>`;
    case 'tuple':
      return `[${shape.elements.map((each) => shapeText(each)).join(', ')}]`;
    case 'union': {
      const text = withoutVariants(flat(shape))
        .map((each) => shapeText(each, 20))
        .join(' | ');
      return precedence > 20 ? `(${text})` : text;
    }
    case 'object': {
      const parts = [...shape.fields].map(([name, { shape: inner }]) => `${fieldName(name)}: ${shapeText(inner)}`);
      if (shape.wildcard) parts.push(`*: ${shapeText(shape.wildcard)}`);
      return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
    }
  }
}
// For objects of several shapes, errors show their common part.
function withoutVariants(members: readonly Shape[]): readonly Shape[] {
  const objects = members.filter((each) => each.kind === 'object');
  const [first, ...rest] = objects;
  if (first === undefined || rest.length === 0) return members;
  const common = [...first.fields].filter(([name]) => rest.every(({ fields }) => fields.has(name)));
  const all: Shape = { kind: 'object', fields: new Map(common), wildcard: undefined };
  return [all, ...members.filter((each) => each.kind !== 'object')];
}

const flat = (shape: Shape): Shape[] => (shape.kind === 'union' ? shape.members.flatMap(flat) : [shape]);

/** The shape of a value by itself. */
export function shapeOf(value: StoredValue): Shape {
  if (value === null || value === undefined) return scalar('Null');
  if (typeof value === 'boolean') return scalar('Boolean');
  if (typeof value === 'bigint') return scalar(isInt(value) ? 'Int' : 'Long');
  if (typeof value === 'number') return scalar('Double');
  if (typeof value === 'string') return scalar('String');
  if (value instanceof Bytes) return scalar('Bytes');
  if (value instanceof Time) return scalar('Time');
  if (value instanceof DateValue) return scalar('Date');
  if (value instanceof Uuid) return scalar('UUID');
  if (value instanceof Ref) return { kind: 'document', collection: value.collection, name: 'Document' };
  if (value instanceof Lambda) return scalar('Query');
  if (value instanceof ObjectValue) {
    return object(Object.fromEntries([...value.fields].map(([name, each]) => [name, shapeOf(each as StoredValue)])));
  }
  return { kind: 'tuple', elements: (value as readonly StoredValue[]).map(shapeOf) };
}

function scalarHolds(name: ScalarName, value: StoredValue): boolean {
  switch (name) {
    case 'Any':
      return true;
    case 'Null':
      return value === null || value === undefined;
    case 'Int':
      return isInt(value);
    case 'Long':
      return typeof value === 'bigint';
    case 'Number':
      return typeof value === 'bigint' || typeof value === 'number';
    case 'AnyDoc':
      return value instanceof Ref;
    default: {
      const own = shapeOf(value);
      return own.kind === 'scalar' && own.name === name;
    }
  }
}

/** Whether a value has a shape, without running validators. */
export function holds(shape: Shape, value: StoredValue): boolean {
  switch (shape.kind) {
    case 'scalar':
      return scalarHolds(shape.name, value);
    case 'literal':
      return value === shape.value;
    case 'document':
      return value instanceof Ref && value.collection === shape.collection;
    case 'array':
      return Array.isArray(value) && (value as readonly StoredValue[]).every((each) => holds(shape.element, each));
    case 'tuple':
      return (
        Array.isArray(value) &&
        value.length === shape.elements.length &&
        (value as readonly StoredValue[]).every((each, i) => holds(shape.elements[i] as Shape, each))
      );
    case 'union':
      return shape.members.some((member) => holds(member, value));
    case 'object': {
      if (!(value instanceof ObjectValue)) return false;
      for (const [name, each] of value.fields) {
        const inner = shape.fields.get(name)?.shape ?? shape.wildcard;
        if (inner === undefined || !holds(inner, each as StoredValue)) return false;
      }
      for (const [name, field] of shape.fields) if (!value.fields.has(name) && !holds(field.shape, null)) return false;
      return true;
    }
  }
}

type Kind = 'mismatch' | 'invalid' | 'missing' | 'readOnly' | 'other';
/** A failure, with what unions need to select among their members' failures. */
export interface Fault {
  readonly kind: Kind;
  readonly path: Path;
  readonly message: string;
  readonly field?: string;
  /** The actual shape, if the value has the wrong type. */
  readonly provided?: Shape;
}

const fault = (kind: Kind, path: Path, message: string, more: Partial<Fault> = {}): Fault => ({
  kind,
  path,
  message,
  ...more,
});
const mismatch = (path: Path, expected: Shape, value: StoredValue, provided = shapeOf(value)): Fault =>
  fault('mismatch', path, `Expected ${shapeText(expected)}, provided ${shapeText(provided)}`, { provided });

type FieldValidator = (field: string) => readonly ConstraintFailure[];

/** Validates a value; `before` is its old value, if any, and `more` validates an object's fields that have their shape. */
export function faults(
  shape: Shape,
  value: StoredValue,
  before: StoredValue | undefined,
  path: Path,
  more?: FieldValidator,
): Fault[] {
  switch (shape.kind) {
    case 'object':
      if (!(value instanceof ObjectValue)) return [mismatch(path, shape, value)];
      return objectFaults(shape, value, before, path, more);
    case 'array':
      if (!Array.isArray(value)) return [mismatch(path, shape, value)];
      return (value as readonly StoredValue[]).flatMap((each, i) =>
        faults(shape.element, each, elementOf(before, i), [...path, i]),
      );
    case 'tuple':
      if (!Array.isArray(value)) return [mismatch(path, shape, value)];
      if (value.length !== shape.elements.length) return [fault('other', path, 'Invalid tuple arity')];
      return (value as readonly StoredValue[]).flatMap((each, i) =>
        faults(shape.elements[i] as Shape, each, elementOf(before, i), [...path, i]),
      );
    case 'union':
      return unionFaults(shape, value, before, path);
    case 'document':
      if (holds(shape, value)) return [];
      if (!(value instanceof Ref)) return [mismatch(path, shape, value)];
      return [fault('other', path, `Expected ${shape.name} document, provided document from another collection`)];
    case 'literal': {
      if (holds(shape, value)) return [];
      const isSameKind = typeof value === typeof shape.value && value !== null;
      return [mismatch(path, shape, value, isSameKind ? literal(value) : shapeOf(value))];
    }
    case 'scalar':
      return holds(shape, value) ? [] : [mismatch(path, shape, value)];
  }
}

const otherFault = ({ message, paths }: ConstraintFailure, path: Path): Fault =>
  fault('other', paths[0] ?? path, message);

const elementOf = (before: StoredValue | undefined, i: number): StoredValue | undefined =>
  before === undefined ? undefined : Array.isArray(before) ? ((before as readonly StoredValue[])[i] ?? null) : null;
const fieldOf = (before: StoredValue | undefined, name: string): StoredValue | undefined =>
  before instanceof ObjectValue ? (before.fields.get(name) as StoredValue | undefined) : undefined;

function objectFaults(
  shape: Shape & { kind: 'object' },
  value: ObjectValue,
  before: StoredValue | undefined,
  path: Path,
  more: FieldValidator = () => [],
): Fault[] {
  const found: Fault[] = [];
  const aliases = new Map(
    [...shape.fields].flatMap(([name, { alias }]) => (alias === undefined ? [] : [[alias, name] as const])),
  );
  const seen = new Set<string>();
  const check = (stored: string, each: StoredValue) => {
    const name = aliases.get(stored) ?? stored;
    seen.add(name);
    const field = shape.fields.get(name) ?? (shape.wildcard && { shape: shape.wildcard });
    if (!field) {
      found.push(fault('invalid', [...path, name], 'Unexpected field provided', { field: name }));
      return;
    }
    const own = fieldFaults(name, field, each, fieldOf(before, stored), path);
    found.push(...(own.length > 0 ? own : more(name).map((other) => otherFault(other, path))));
  };
  for (const [stored, each] of value.fields) check(stored, each as StoredValue);
  const absent = [...shape.fields.keys()].filter((name) => !seen.has(name));
  for (const name of mutableMapOrder(absent, shape.fields.size)) {
    const field = shape.fields.get(name) as FieldShape;
    found.push(...fieldFaults(name, field, null, fieldOf(before, field.alias ?? name), path));
  }
  return found;
}

function fieldFaults(
  name: string,
  field: FieldShape,
  value: StoredValue,
  before: StoredValue | undefined,
  prefix: Path,
): Fault[] {
  const path = [...prefix, name];
  const changes = value !== null && !(before !== undefined && sameStored(before, value));
  if (field.internal && changes) return [fault('invalid', path, 'Unexpected field provided', { field: name })];
  if (field.readOnly && changes) return [fault('readOnly', path, 'Failed to update field because it is readonly')];
  const found = faults(field.shape, value, before, path);
  const [first] = found;
  if (first === undefined) {
    return (field.validate?.(value, before, path) ?? []).map((each) => otherFault(each, path));
  }
  const isMissing =
    found.length === 1 && first.kind === 'mismatch' && value === null && first.path.length === path.length;
  if (!isMissing) return found;
  return isNullable(field.shape)
    ? []
    : [fault('missing', path, `Missing required field of type ${shapeText(field.shape)}`, { field: name })];
}

// Which failures of a union's members to report: the most specific ones.
function unionFaults(
  shape: Shape & { kind: 'union' },
  value: StoredValue,
  before: StoredValue | undefined,
  path: Path,
): Fault[] {
  const checks = shape.members.map((member) => faults(member, value, before, path));
  if (checks.some((check) => check.length === 0)) return [];
  const readOnly = checks.find((check) => check.some(({ kind }) => kind === 'readOnly'));
  if (readOnly) return readOnly;
  const isHere = (each: Fault) => each.path.length === path.length && each.path.every((key, i) => key === path[i]);
  const structural = checks.filter((check) => check.every((each) => !isHere(each)));
  const sound = structural.filter((check) => !check.some(({ kind }) => kind === 'invalid' || kind === 'missing'));
  const invalid = new Map<string, Fault[]>();
  for (const each of structural.flat()) {
    if (each.kind !== 'invalid') continue;
    const key = JSON.stringify(each.path);
    invalid.set(key, [...(invalid.get(key) ?? []), each]);
  }
  const shunned = [...invalid.values()]
    .filter((all) => all.length === shape.members.length)
    .map((all) => all[0] as Fault);
  const missing: Fault[][] = [];
  for (const check of structural) {
    const fields = check.filter(({ kind }) => kind === 'missing');
    const key = JSON.stringify(fields.map((each) => [each.path, each.field]));
    if (!missing.some((other) => JSON.stringify(other.map((each) => [each.path, each.field])) === key))
      missing.push(fields);
  }
  const tail: Fault[] = [];
  if (missing.length === 1 && missing[0]?.length === 1) tail.push(missing[0][0] as Fault);
  else if (missing.length > 0) {
    const lists = missing.map((fields) => `[${fields.map(({ field }) => field).join(', ')}]`);
    const text =
      lists.length === 1
        ? lists[0]
        : lists.length === 2
          ? lists.join(' or ')
          : `${lists.slice(0, -1).join(', ')}, or ${lists.at(-1)}`;
    tail.push(fault('other', path, `Union requires fields ${text}`));
  }
  const invalidOrMissing =
    missing.length === 0 || missing.some((fields) => fields.length === 0) ? shunned : [...shunned, ...tail];
  if (invalidOrMissing.length > 0) return invalidOrMissing;
  if (structural.length === 1) return structural[0] as Fault[];
  if (sound.length === 1) return sound[0] as Fault[];
  const first = checks.flat().find((each) => each.kind === 'mismatch' && isHere(each));
  return [mismatch(path, shape, value, first?.provided ?? shapeOf(value))];
}

/** Converts faults to constraint failures. */
export const failuresOf = (all: readonly Fault[]): ConstraintFailure[] =>
  all.map(({ path, message }) => ({ paths: [path], message, label: labelOf(path) }));
const labelOf = (path: Path): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
export const failure = (path: Path, message: string): ConstraintFailure => ({
  paths: [path],
  message,
  label: labelOf(path),
});
