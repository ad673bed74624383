// The collections that every database has: schema documents, keys and secrets.
import { hashPassword } from '../../model/auth/passwords.js';
import { StoredVersion } from '../../model/base/stored-version.js';
import type { StoredValue } from '../../storage/data.js';
import { NATIVE } from '../../values/ids.js';
import { omit, withField } from '../../values/objects.js';
import { ObjectValue, type Ref } from '../../values/values.js';
import type { Collection, Writing } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import type { ConstraintFailure } from '../evaluate/failures.js';
import type { Shape } from '../evaluate/shape.js';
import type { Module, Value } from '../evaluate/values.js';
import { NATIVE_SHAPES } from './native-shapes.js';

/** The collections of the documents that make up a schema. */
const CHECKED: ReadonlySet<number> = new Set([
  NATIVE.collections,
  NATIVE.functions,
  NATIVE.roles,
  NATIVE.access_providers,
]);

const NOTHING = new ObjectValue(new Map());

/** The special behaviour of a native collection. */
export interface NativeHooks {
  /** Validates a field, together with its shape, by more than its value. */
  validate?(writing: Writing, field: string): readonly ConstraintFailure[];
  /** Validates a document beyond its shape. */
  check?(writing: Writing): readonly ConstraintFailure[];
  /** Returns what to store of a document, and writes related data. */
  prepare?(writing: Writing): ObjectValue;
  /** Runs before a document is deleted. */
  beforeRemove?(context: Context, ref: Ref): void;
  /** Runs after a document has been written. */
  written?(writing: Writing, stored: ObjectValue): void;
  deletionFailures?(context: Context, ref: Ref, before: ObjectValue): readonly ConstraintFailure[];
  /** Adds to decoded data what only readers see. */
  show?(context: Context, data: ObjectValue): ObjectValue;
  /** Converts stored data to what is shown. */
  decode?(context: Context, data: ObjectValue): ObjectValue;
}

export class NativeCollection implements Collection {
  readonly isUser = false;
  readonly computed = new Map();
  readonly checks = [];
  readonly shape: Shape & { readonly kind: 'object' };

  readonly #getModule: () => Module;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly isNamed: boolean,
    readonly hooks: NativeHooks,
    getModule: () => Module,
  ) {
    this.#getModule = getModule;

    const shape = NATIVE_SHAPES.get(id);
    if (!shape) throw new Error(`There is no native collection with the id ${id}.`);
    this.shape = shape;
  }

  get module(): Module {
    return this.#getModule();
  }

  read(data: ObjectValue, name: string, context: Context): StoredValue | undefined {
    const field = this.shape.fields.get(name);
    if (field === undefined || field.internal || (this.id === NATIVE.credentials && name === 'password'))
      return undefined;
    return this.#shown(context, data).fields.get(field.alias ?? name) as StoredValue | undefined;
  }

  *visible(data: ObjectValue, context: Context): Iterable<readonly [string, StoredValue]> {
    const { fields } = this.#shown(context, data);
    for (const [name, field] of this.shape.fields) {
      const value = fields.get(field.alias ?? name) as StoredValue | undefined;
      if (!field.internal && value !== undefined && value !== null) yield [name, value];
    }
  }

  #shown(context: Context, data: ObjectValue): ObjectValue {
    const decoded = this.decode(context, data);
    return this.hooks.show?.(context, decoded) ?? decoded;
  }

  show(_name: string, value: Value): Value {
    return value;
  }

  nextId({ host }: Context): bigint {
    return host.model.kindOf(this.id).nextId(host);
  }

  decode(context: Context, data: ObjectValue): ObjectValue {
    return this.hooks.decode?.(context, data) ?? data;
  }

  withDefaults(_context: Context, data: ObjectValue): ObjectValue {
    let filled = data;
    for (const [name, field] of this.shape.fields) {
      if (field.default && !filled.fields.has(name)) filled = withField(filled, name, field.default());
    }
    return filled;
  }

  validate(writing: Writing, field: string): readonly ConstraintFailure[] {
    return this.hooks.validate?.(writing, field) ?? [];
  }

  check(writing: Writing): readonly ConstraintFailure[] {
    return this.hooks.check?.(writing) ?? [];
  }

  write(writing: Writing): StoredVersion | undefined {
    const { context, ref } = writing;
    const { host } = context;
    const data = omit(this.hooks.prepare?.(writing) ?? writing.data, ['secret']);
    const previous = host.model.documents.read(ref)?.data;
    let kept = data;
    const shown = host.model.kindOf(this.id).write(
      {
        context: host,
        ref,
        position: undefined,
        isCreate: previous === undefined,
        previous: previous ?? NOTHING,
        data,
      },
      (stored) => {
        kept = stored;
        host.model.documents.append(host, ref, StoredVersion.live(host.model.keys.writeTime, stored));
      },
    );
    this.hooks.written?.(writing, kept);
    this.#noteChange(context);
    const secret = shown.fields.get('secret');
    return secret === undefined
      ? undefined
      : StoredVersion.live(host.model.keys.writeTime, withField(kept, 'secret', secret));
  }

  remove(context: Context, ref: Ref, before: StoredVersion): void {
    const { host } = context;
    this.hooks.beforeRemove?.(context, ref);
    host.model.kindOf(this.id).remove(host, ref, before, () => {
      host.model.documents.append(host, ref, StoredVersion.deletion(host.model.keys.writeTime));
    });
    this.#noteChange(context);
  }

  /** The schema is checked at the end of a query that has changed it. */
  #noteChange({ session, trace }: Context): void {
    if (CHECKED.has(this.id)) session.schemaChange = { trace };
  }

  deletionFailures(context: Context, ref: Ref, before: ObjectValue): readonly ConstraintFailure[] {
    return this.hooks.deletionFailures?.(context, ref, before) ?? [];
  }
}

/** Replaces a password by its hash. */
export const credentialHooks: NativeHooks = {
  prepare({ context, data, ref }) {
    const password = data.fields.get('password');
    const kept = omit(data, ['password']);
    if (typeof password === 'string') return withField(kept, 'hashed_password', hashPassword(context.host, password));
    const before = context.host.model.documents.read(ref)?.data.fields.get('hashed_password');
    return kept.fields.has('hashed_password') ? kept : withField(kept, 'hashed_password', before);
  },
};
