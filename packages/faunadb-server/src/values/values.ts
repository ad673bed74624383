/**
 * The values of FQL v4 as this server holds them. The kinds that JavaScript has are themselves:
 *
 * | FQL                          | here                                                   |
 * | ---------------------------- | ------------------------------------------------------ |
 * | Integer (64 bit)             | `bigint`, always within [-2^63, 2^63)                  |
 * | Double                       | `number`                                               |
 * | String, Boolean, Null, Array | `string`, `boolean`, `null`, `readonly Value[]`        |
 * | the rest                     | a class below, distinguished by its `kind`             |
 *
 * Values are immutable. The names follow fauna/faunadb's `ast/Expression.scala`.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly Value[]
  | ObjectValue
  | Bytes
  | Uuid
  | Time
  | DateValue
  | TransactionTime
  | Ref
  | UnresolvedRef
  | SetValue
  | Lambda
  | Page
  | Version
  | DocumentEvent
  | SetEvent
  | Cursor
  | Action;

/** An object: its fields in the order given, which the wire keeps and comparison ignores. */
export class ObjectValue {
  declare readonly kind: 'object';

  /** @param entries the fields as rendered; `to_object` can return one twice, of which only the first counts. */
  constructor(
    readonly fields: ReadonlyMap<string, Value>,
    readonly entries: Iterable<readonly [string, Value]> = fields,
  ) {}
}

export class Bytes {
  declare readonly kind: 'bytes';

  constructor(readonly bytes: Uint8Array) {}
}

export class Uuid {
  declare readonly kind: 'uuid';

  constructor(readonly text: string) {}
}

/** A point in time, in nanoseconds since 1970-01-01T00:00:00Z. */
export class Time {
  declare readonly kind: 'time';

  constructor(readonly nanos: bigint) {}
}

/** A calendar date, in days since 1970-01-01. */
export class DateValue {
  declare readonly kind: 'date';

  constructor(readonly day: number) {}
}

/** The placeholder for the current transaction's time in its own writes, whose `ts` is not known yet, in µs. */
export class TransactionTime {
  declare readonly kind: 'transactionTime';

  readonly unit = 'micros';
}

/**
 * A reference to a document (or schema document). `scope` is the internal id of its database, `collection` the internal
 * id of its collection, and `id` the document's id. The model (`model/`) turns internal ids back into names, since a
 * collection may be renamed while refs to it are stored.
 */
export class Ref {
  declare readonly kind: 'ref';

  constructor(
    readonly scope: number,
    readonly collection: number,
    readonly id: bigint,
  ) {}
}

/** A reference to something that does not exist, kept as written: it is an error only where it is used. */
export class UnresolvedRef {
  declare readonly kind: 'unresolvedRef';

  constructor(
    readonly id: string | undefined,
    readonly collection: UnresolvedRef | undefined,
    readonly database: UnresolvedRef | undefined,
  ) {}
}

/**
 * A reference with a number where a name is expected. It refers to the document with that id, existing or not. Inside
 * another ref it names no collection or database.
 */
export class NumberedRef extends UnresolvedRef {}

/** A set, described but not read. `model/sets/` has a class for each kind. */
export abstract class SetValue {
  declare readonly kind: 'set';

  /** Its parts as `@set` renders them, with nested sets as values. */
  abstract parts(): ObjectValue | Ref;

  /** Whether it has no written form, so that it is rendered without its parts. */
  get hidden(): boolean {
    return false;
  }
}

/** The most that evaluating something may do. Only pure lambdas may be used in index bindings. */
export type Effect = 'pure' | 'read' | 'write';

/** An anonymous function with its captured variables. `query/context.ts` says which language runs it. */
export abstract class Lambda {
  declare readonly kind: 'lambda';

  abstract readonly arity: number;
  /** Whether it has an array of parameters. */
  abstract readonly takesArray: boolean;
  /** Whether it takes documents where other lambdas take their fields. */
  readonly takesDocuments: boolean = false;
  /** Whether `call` reports its errors as the cause of an error of its own. */
  readonly nestsErrors: boolean = true;
  /** The most that a call of it can do. */
  abstract readonly effect: Effect;
  /**
   * The expression it was written as, `{ api_version, lambda, expr }` as data, with its captured variables: its
   * stored form.
   */
  abstract literal(): ObjectValue;
  /** Whether `equals` considers it equal to another lambda. */
  abstract isSame(other: Lambda): boolean;
}

/** The result of `paginate`: an array with its cursors. `unmapped` holds the elements before any `map`. */
export class Page {
  declare readonly kind: 'page';

  constructor(
    readonly elements: readonly Value[],
    readonly before: Value | undefined,
    readonly after: Value | undefined,
    readonly unmapped: readonly Value[] = elements,
  ) {}
}

/** A document as it was at some time: the result of reads and writes. `ts` is in µs, `undefined` while uncommitted. */
export class Version {
  declare readonly kind: 'version';

  constructor(
    readonly ref: Ref,
    readonly ts: bigint | undefined,
    readonly action: 'create' | 'update' | 'delete',
    readonly data: ObjectValue,
    readonly isNew: boolean = false,
  ) {}
}

/** An event of a document's history. */
export class DocumentEvent {
  declare readonly kind: 'documentEvent';

  constructor(
    readonly ts: bigint | undefined,
    readonly action: 'create' | 'update' | 'delete',
    readonly ref: Ref,
    readonly data: ObjectValue | undefined,
  ) {}
}

/** An event of a set's history. */
export class SetEvent {
  declare readonly kind: 'setEvent';

  constructor(
    readonly ts: bigint | undefined,
    readonly action: 'add' | 'remove',
    readonly ref: Ref,
    readonly values: readonly Value[],
  ) {}
}

/** The beginning or end of a page, as passed back to `paginate`. */
export class Cursor {
  declare readonly kind: 'cursor';

  constructor(readonly position: DocumentEvent | SetEvent | readonly Value[]) {}
}

/** The action of an event. Most functions see a string, but it is a type of its own. */
export class Action {
  declare readonly kind: 'action';

  constructor(readonly name: DocumentEvent['action'] | SetEvent['action']) {}
}

// Set on the prototypes, so that values are neither larger nor slower to create.
for (const [of, kind] of [
  [ObjectValue, 'object'],
  [Bytes, 'bytes'],
  [Uuid, 'uuid'],
  [Time, 'time'],
  [DateValue, 'date'],
  [TransactionTime, 'transactionTime'],
  [Ref, 'ref'],
  [UnresolvedRef, 'unresolvedRef'],
  [SetValue, 'set'],
  [Lambda, 'lambda'],
  [Page, 'page'],
  [Version, 'version'],
  [DocumentEvent, 'documentEvent'],
  [SetEvent, 'setEvent'],
  [Cursor, 'cursor'],
  [Action, 'action'],
] as const) {
  Object.defineProperty(of.prototype, 'kind', { value: kind });
}
