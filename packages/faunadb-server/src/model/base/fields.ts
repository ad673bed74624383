import type { FieldFailure } from '../../values/failure.js';
import {
  Bytes,
  DateValue,
  Lambda,
  ObjectValue,
  Ref,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from '../../values/values.js';

/** Thrown by field checks; becomes `validation failed` where the position is known. */
export class Invalid extends Error {
  static override stackTraceLimit = 0;

  constructor(readonly failures: readonly FieldFailure[]) {
    super('The document is not valid.');
  }
}

type Path = readonly (string | number)[];

export const valueRequired = (field: Path): FieldFailure => ({
  field,
  code: 'value required',
  description: 'Required value not found.',
});

export const invalidType = (field: Path, expected: string, actual: Value): FieldFailure => ({
  field,
  code: 'invalid type',
  description: `Invalid type ${storedTypeName(actual)}, expected type ${expected}.`,
});

/** The type of a field, with the name that FaunaDB's validation uses. */
export interface FieldType {
  readonly name: string;
  /** What is wrong with a value, if anything. */
  check(value: Value, path: Path): readonly FieldFailure[];
}

function typed(name: string, is: (value: Value) => boolean): FieldType {
  return { name, check: (value, path) => (is(value) ? [] : [invalidType(path, name, value)]) };
}

/** Accepts any value; the reader ignores one that it cannot use. */
export const anything = typed('Any', () => true);
export const map = typed('Map', (v) => v instanceof ObjectValue);
export const long = typed('Long', (v) => typeof v === 'bigint');
export const string = typed('String', (v) => typeof v === 'string');
export const boolean = typed('Boolean', (v) => typeof v === 'boolean');
export const timestamp = typed('Timestamp', (v) => v instanceof Time);
export const ref = typed('Ref', (v) => v instanceof Ref);
export const query = typed('Query', (v) => v instanceof Lambda);

const NAME = /^[;@+$\-_.!~%\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+$/u;

/** The name of a schema document. */
export const name: FieldType = {
  name: 'Name',
  check(value, field) {
    if (typeof value !== 'string') return [invalidType(field, 'Name', value)];
    if (value === '_') {
      return [{ field, code: 'reserved name', description: 'Invalid name _. Reserved names: _.' }];
    }
    if (NAME.test(value)) return [];
    const description = `The name ${value} uses invalid characters. Valid characters must match: [;@+$\\-_.!~%\\w]+`;
    return [{ field, code: 'invalid characters', description }];
  },
};

/** A field that documents of a kind may have. Fields without a rule are dropped. */
export interface FieldRule {
  readonly field: string;
  readonly type: FieldType;
  readonly required: boolean;
}

export const required = (field: string, type: FieldType): FieldRule => ({ field, type, required: true });
export const optional = (field: string, type: FieldType): FieldRule => ({ field, type, required: false });

/** Everything wrong with a document's fields, in the order of the rules. */
export function failuresOf(rules: readonly FieldRule[], { fields }: ObjectValue): FieldFailure[] {
  return rules.flatMap(({ field, type, required }) => {
    const value = fields.get(field);
    if (value === undefined || value === null) return required ? [valueRequired([field])] : [];
    return type.check(value, [field]);
  });
}

/** The name of a value's type in validation errors, which differs from argument errors. */
function storedTypeName(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return 'Long';
    case 'number':
      return 'Double';
    case 'string':
      return 'String';
    case 'boolean':
      return 'Boolean';
  }
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (value instanceof Ref) return 'Ref';
  if (value instanceof Time) return 'Time';
  if (value instanceof TransactionTime) return 'TransactionTime';
  if (value instanceof DateValue) return 'Date';
  if (value instanceof Bytes) return 'Bytes';
  if (value instanceof Uuid) return 'UUID';
  if (value instanceof Lambda) return 'Query';
  return 'Map';
}
