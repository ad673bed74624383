/**
 * The values of FQL v4 as this server holds them. The kinds that JavaScript has are themselves:
 *
 * | FQL                          | here                                                   |
 * | ---------------------------- | ------------------------------------------------------ |
 * | Integer (64 bit)             | `bigint`, always within [-2^63, 2^63)                  |
 * | Double                       | `number`                                               |
 * | String, Boolean, Null, Array | `string`, `boolean`, `null`, `readonly Value[]`        |
 * | the rest                     | a class below, told apart by its `kind`                |
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

/** An object: its fields in the order they were given, which the wire keeps but comparison ignores. */
export class ObjectValue {
  declare readonly kind: 'object';

  /** @param entries the fields as they are shown; `to_object` can give one twice, of which only the first counts. */
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

/** The time of the transaction under way in µs, where it stands for what it wrote itself: their `ts` is not known before. */
export class TransactionTime {
  declare readonly kind: 'transactionTime';

  readonly unit = 'micros';
}

/**
 * A reference to a document (schema documents among them). `scope` is the internal id of the database it lives in;
 * `collection` the internal id of its collection; `id` the document's id. How internal ids become names again is the
 * model's business (`model/`), since a collection may be renamed while refs to it are stored.
 */
export class Ref {
  declare readonly kind: 'ref';

  constructor(
    readonly scope: number,
    readonly collection: number,
    readonly id: bigint,
  ) {}
}

/** A reference to something that does not exist, kept as it was written: an error only where it is used. */
export class UnresolvedRef {
  declare readonly kind: 'unresolvedRef';

  constructor(
    readonly id: string | undefined,
    readonly collection: UnresolvedRef | undefined,
    readonly database: UnresolvedRef | undefined,
  ) {}
}

/**
 * One that gives a number where a name would have to stand: the document's own, whether it is there or not. Within another
 * ref it is of no collection or database.
 */
export class NumberedRef extends UnresolvedRef {}

/** A set, described but not read. Each kind is a class of its own in `model/sets/`. */
export abstract class SetValue {
  declare readonly kind: 'set';

  /** Its parts as `@set` shows them, with the sets among them as values. */
  abstract parts(): ObjectValue | Ref;

  /** Whether it cannot be written, and so is shown without its parts. */
  get hidden(): boolean {
    return false;
  }
}

/** What evaluating something may do at most; a pure lambda may stand in index bindings and the like. */
export type Effect = 'pure' | 'read' | 'write';

/** An anonymous function with the variables it closed over. Which language runs it, `query/context.ts` says. */
export abstract class Lambda {
  declare readonly kind: 'lambda';

  abstract readonly arity: number;
  /** Whether it is written with an array of parameters. */
  abstract readonly takesArray: boolean;
  /** Whether it is given documents where others are given their fields. */
  readonly takesDocuments: boolean = false;
  /** The most that calling it can do. */
  abstract readonly effect: Effect;
  /** The expression it was written as, `{ api_version, lambda, expr }` as data, closed over what it captured: what is stored. */
  abstract literal(): ObjectValue;
  /** Whether `equals` takes it for the same as another one. */
  abstract isSame(other: Lambda): boolean;
}

/** What `paginate` gives: an array that remembers its cursors. `unmapped` holds the elements before any `map`. */
export class Page {
  declare readonly kind: 'page';

  constructor(
    readonly elements: readonly Value[],
    readonly before: Value | undefined,
    readonly after: Value | undefined,
    readonly unmapped: readonly Value[] = elements,
  ) {}
}

/** A document as it was at some time: what reads and writes return. `ts` is in µs, `undefined` while uncommitted. */
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

/** Where a page begins or ends, as it is given back to `paginate`. */
export class Cursor {
  declare readonly kind: 'cursor';

  constructor(readonly position: DocumentEvent | SetEvent | readonly Value[]) {}
}

/** What an event did. It is a string for most that look at it, but of a type of its own. */
export class Action {
  declare readonly kind: 'action';

  constructor(readonly name: DocumentEvent['action'] | SetEvent['action']) {}
}

// Kept by the prototypes: no value is larger for it, and none slower to make.
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
