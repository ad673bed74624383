// User-defined collections.
import { hashOrder, MAX_ORDERED } from '@supertokens-faunadb/java/hash-order';
import { StoredVersion } from '../../model/base/stored-version.js';
import { withDefaultTtl } from '../../model/documents/default-ttl.js';
import type { StoredValue } from '../../storage/data.js';
import { ObjectValue, type Ref } from '../../values/values.js';
import type { CheckConstraint, Collection, ComputedField, Writing } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { evaluate } from '../evaluate/evaluate.js';
import { CheckFailure, type ConstraintFailure, errors, RuntimeFailure } from '../evaluate/failures.js';
import { type FieldShape, failure, optional, type Shape, scalar } from '../evaluate/shape.js';
import { NotStorable, toStored } from '../evaluate/stored.js';
import { type Doc, LambdaValue, type Module, typeName, type Value } from '../evaluate/values.js';
import type { Expression, Lambda as LambdaExpression, TypeExpression } from '../parse/ast.js';
import { render } from '../parse/diagnostic.js';
import { parseExpression, parseLambda, parseSchemaType, parseType } from '../parse/parse.js';
import { OWN_FIELDS } from '../parse/reserved-fields.js';
import { backingOf, type IndexedValue, type IndexPart, readPart, readValue } from './backing-indexes.js';
import { shapeOfType } from './type-shape.js';

/** An index of a collection, as in its document. */
export interface CollectionIndex {
  readonly name: string;
  readonly terms: readonly IndexPart[];
  readonly values: readonly IndexedValue[];
  /** Whether it may be queried once it is complete. */
  readonly queryable: boolean;
  /** The internal index that stores it. */
  readonly indexId: bigint | undefined;
}

/** A field defined in a collection's document. */
export interface DefinedField {
  readonly name: string;
  readonly signature: string;
  readonly type: TypeExpression;
  readonly default: string | undefined;
}

const fieldsOf = (value: unknown): ReadonlyMap<string, StoredValue> =>
  value instanceof ObjectValue ? (value.fields as ReadonlyMap<string, StoredValue>) : new Map();
const listOf = (value: unknown): readonly StoredValue[] =>
  Array.isArray(value) ? (value as readonly StoredValue[]) : [];
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A function in a schema, parsed on first use. */
class SchemaFunction {
  #lambda: LambdaExpression | CheckFailure | undefined;
  constructor(
    readonly sourceName: string,
    readonly body: string,
  ) {}

  call(context: Context, args: readonly Value[]): Value {
    if (this.#lambda === undefined) {
      const read = parseLambda(this.body, { name: this.sourceName, text: this.body });
      this.#lambda = read.ok ? read.value : new CheckFailure(read.errors);
    }
    const lambda = this.#lambda;
    if (lambda instanceof CheckFailure) throw lambda;
    return context.call(
      new LambdaValue(
        lambda.parameters.map((name) => name?.text),
        undefined,
        lambda.body,
        undefined,
      ),
      args,
    );
  }
}

export class UserCollection implements Collection {
  readonly isNamed = false;
  readonly isUser = true;
  readonly name: string;
  readonly alias: string | undefined;
  readonly computed: ReadonlyMap<string, ComputedField>;
  readonly checks: readonly CheckConstraint[];
  readonly indexes: readonly CollectionIndex[];
  readonly definedFields: readonly DefinedField[];
  readonly wildcard: TypeExpression | undefined;
  readonly hasTtls: boolean;
  readonly definition: ObjectValue;
  #shape: (Shape & { readonly kind: 'object' }) | undefined;
  #module: Module | undefined;

  constructor(
    readonly scope: number,
    readonly id: number,
    definition: ObjectValue,
    readonly makeModule: (collection: UserCollection) => Module,
    /** Finds the collection that a type refers to. */
    readonly collectionNamed: (name: string) => number | undefined,
  ) {
    this.definition = definition;
    const { fields } = definition;
    this.name = fields.get('name') as string;
    this.alias = textOf(fields.get('alias'));
    this.hasTtls = fields.get('document_ttls') !== false;
    const computed = fieldsOf(fields.get('computed_fields'));
    const names = [...computed.keys()];
    this.computed = new Map(
      (names.length > MAX_ORDERED ? hashOrder(names) : names).map((name): [string, ComputedField] => {
        const fn = new SchemaFunction(
          `*computed_field:${this.name}:${name}*`,
          textOf(fieldsOf(computed.get(name)).get('body')) ?? '',
        );
        return [
          name,
          { evaluate: (context, document) => fn.call(context.limited('read', 'computed fields'), [document]) },
        ];
      }),
    );
    this.checks = listOf(fields.get('constraints')).flatMap((given): CheckConstraint[] => {
      const check = fieldsOf(fieldsOf(given).get('check'));
      const name = textOf(check.get('name'));
      if (name === undefined) return [];
      const fn = new SchemaFunction(`*check_constraint:${name}*`, textOf(check.get('body')) ?? '');
      const evaluateCheck = (context: Context, document: Doc) =>
        fn.call(context.with({ effectLimit: { effect: 'read', reason: 'check constraints' } }), [document]);
      return [{ name, evaluate: evaluateCheck }];
    });
    this.indexes = [...fieldsOf(fields.get('indexes'))].map(([name, given]) =>
      readIndex(name, fieldsOf(given), fields),
    );
    this.definedFields = [...fieldsOf(fields.get('fields'))].flatMap(([name, given]): DefinedField[] => {
      const signature = textOf(fieldsOf(given).get('signature')) ?? 'Any';
      const read = parseSchemaType(signature, { name: `*field:${this.name}:${name}*`, text: signature });
      return read.ok ? [{ name, signature, type: read.value, default: textOf(fieldsOf(given).get('default')) }] : [];
    });
    const wildcard = textOf(fields.get('wildcard'));
    const read =
      wildcard === undefined
        ? undefined
        : parseType(wildcard, { name: `*field:${this.name}:<wildcard>*`, text: wildcard });
    this.wildcard = read?.ok ? read.value : undefined;
  }

  get module(): Module {
    this.#module ??= this.makeModule(this);
    return this.#module;
  }

  get shape(): Shape & { readonly kind: 'object' } {
    if (this.#shape) return this.#shape;
    const fields = new Map<string, FieldShape>();
    for (const field of this.definedFields) {
      fields.set(field.name, { shape: shapeOfType(field.type, this.collectionNamed) });
    }
    const wildcard = this.wildcard
      ? shapeOfType(this.wildcard, this.collectionNamed)
      : this.definedFields.length === 0
        ? scalar('Any')
        : undefined;
    const data: Shape = { kind: 'object', fields, wildcard };
    this.#shape = {
      kind: 'object',
      fields: new Map<string, FieldShape>([
        ['data', { shape: data }],
        ['ttl', { shape: optional(scalar('Time')) }],
      ]),
      // Keeps what FQL v4 has stored beside them.
      wildcard: scalar('Any'),
    };
    return this.#shape;
  }

  read(data: ObjectValue, name: string): StoredValue | undefined {
    if (name === 'ttl') return data.fields.get(name) as StoredValue | undefined;
    const user = fieldsOf(data.fields.get('data'));
    if (name === 'data') return new ObjectValue(user);
    return user.get(name);
  }

  *visible(data: ObjectValue): Iterable<readonly [string, StoredValue]> {
    const user = fieldsOf(data.fields.get('data'));
    let hasSpecial = false;
    for (const [name, value] of user) {
      if (this.#isSpecial(name)) hasSpecial = true;
      else yield [name, value];
    }
    if (!hasSpecial) return;
    const special = hashOrder([...OWN_FIELDS, ...this.computed.keys()]).filter((name) => user.has(name));
    yield ['data', new ObjectValue(new Map(special.map((name) => [name, user.get(name) as StoredValue])))];
  }

  // Fields whose names are reserved are shown under `data`.
  #isSpecial(name: string): boolean {
    return OWN_FIELDS.has(name) || this.computed.has(name);
  }

  show(_name: string, value: Value): Value {
    return value;
  }

  nextId(context: Context): bigint {
    return context.host.model.nextId();
  }

  decode(_context: Context, data: ObjectValue): ObjectValue {
    return data;
  }

  withDefaults(context: Context, data: ObjectValue): ObjectValue {
    const given = data.fields.get('data');
    const user = new Map(fieldsOf(given));
    let changed = false;
    for (const field of this.definedFields) {
      const value = user.get(field.name);
      if (value !== undefined) {
        const filled = fillNested(context, value, field.type, this.name, field.name);
        if (filled !== value) {
          user.set(field.name, filled);
          changed = true;
        }
        continue;
      }
      if (field.default !== undefined) {
        user.set(field.name, this.#default(context, field.name, field.default));
        changed = true;
      } else if (field.type.kind === 'objectType') {
        const filled = fillNested(context, new ObjectValue(new Map()), field.type, this.name, field.name);
        user.set(field.name, filled);
        changed = true;
      }
    }
    if (!changed) return data;
    return new ObjectValue(
      new Map<string, StoredValue>([...(data.fields as Map<string, StoredValue>), ['data', new ObjectValue(user)]]),
    );
  }

  #default(context: Context, name: string, text: string): StoredValue {
    const read = parseExpression(text, { name: `*field:${this.name}:${name}*`, text });
    if (!read.ok) throw new CheckFailure(read.errors);
    return defaultValue(context, read.value, [name]);
  }

  check(_writing: Writing): readonly ConstraintFailure[] {
    return [];
  }

  write({ context, ref, data }: Writing): undefined {
    const { host } = context;
    const stored = withDefaultTtl(host, ref.collection, ref.scope, data);
    host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, stored));
  }

  remove({ host }: Context, ref: Ref): void {
    host.model.documents.append(host, ref, StoredVersion.deletion(host.model.keys.writeTime));
  }

  deletionFailures(): readonly ConstraintFailure[] {
    return [];
  }
}

function readIndex(
  name: string,
  given: ReadonlyMap<string, StoredValue>,
  collection: ReadonlyMap<string, unknown>,
): CollectionIndex {
  const terms = listOf(given.get('terms')).map(readPart);
  const values = listOf(given.get('values')).map(readValue);
  const fields = collection as ReadonlyMap<string, StoredValue>;
  const backing =
    backingOf(fields, { terms, values, unique: true }) ?? backingOf(fields, { terms, values, unique: false });
  const queryable = given.get('queryable');
  return { name, terms, values, queryable: queryable !== false, indexId: backing?.index.id };
}

/** The value of a default, as it is stored. @throws {RuntimeFailure} if there is none */
function defaultValue(context: Context, expression: Expression, path: readonly (string | number)[]): StoredValue {
  const value = evaluatedDefault(context, expression);
  if ('fault' in value) throw errors.constraintViolation('', [failure(path, value.fault)], context.trace);
  return value.value;
}

/** The value of a default, or what is wrong with it. */
export function evaluatedDefault(
  context: Context,
  expression: Expression,
): { readonly value: StoredValue } | { readonly fault: string } {
  const inside = context.with({ effectLimit: { effect: 'observation', reason: 'default values' }, trace: undefined });
  const faulty = (message: string) => ({ fault: `Default field evaluation failed.\n${message}` });
  try {
    return { value: toStored(context, evaluate(inside, expression, undefined)) };
  } catch (error) {
    if (error instanceof NotStorable)
      return faulty(`Value has type ${typeName(error.value)}, which cannot be persisted`);
    if (error instanceof RuntimeFailure) {
      const diagnostic = error.diagnostic(() => true);
      return faulty(diagnostic ? render(diagnostic) : error.message);
    }
    throw error;
  }
}

// The defaults of nested fields.
function fillNested(
  context: Context,
  value: StoredValue,
  type: TypeExpression,
  collection: string,
  name: string,
): StoredValue {
  if (type.kind !== 'objectType' || !(value instanceof ObjectValue)) return value;
  const fields = new Map(value.fields as ReadonlyMap<string, StoredValue>);
  let changed = false;
  for (const field of type.fields) {
    const given = fields.get(field.name.text);
    if (given !== undefined) {
      const filled = fillNested(context, given, field.type, collection, name);
      if (filled !== given) {
        fields.set(field.name.text, filled);
        changed = true;
      }
    } else if (field.default) {
      fields.set(field.name.text, defaultValue(context, field.default, [name, field.name.text]));
      changed = true;
    } else if (field.type.kind === 'objectType') {
      fields.set(field.name.text, fillNested(context, new ObjectValue(new Map()), field.type, collection, name));
      changed = true;
    }
  }
  return changed ? new ObjectValue(fields) : value;
}
