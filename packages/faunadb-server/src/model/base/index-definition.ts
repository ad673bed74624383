import { isUserCollection } from '../../values/ids.js';
import { type Lambda, ObjectValue, Ref } from '../../values/values.js';

/** The source of an index's term or value. */
export interface TermSource {
  /** A path into the document, or the name of a binding. */
  readonly path: readonly (string | bigint)[] | { readonly binding: string };
  readonly reverse: boolean;
  /** Whether an array yields one entry for each element ("multi-valued attribute"). */
  readonly mva: boolean;
  readonly casefold: boolean;
}

/** The functions by which an index computes terms and values for a source's documents. */
export type Bindings = ReadonlyMap<string, Lambda>;

const NO_BINDINGS: Bindings = new Map();

/** An index, as writes and reads need it. Its document is valid. */
export class Index {
  /** Which values sort in reverse. */
  readonly reversed: readonly boolean[];
  readonly #sources: ReadonlyMap<number | '_', Bindings>;

  private constructor(
    readonly scope: number,
    readonly id: bigint,
    readonly name: string,
    readonly terms: readonly TermSource[],
    readonly values: readonly TermSource[],
    readonly unique: boolean,
    readonly active: boolean,
    /** The number of sources in its document, whatever they cover. */
    readonly sourceCount: number,
    sources: ReadonlyMap<number | '_', Bindings>,
    /** The fields of a collection's unique constraint, as FQL v10 names them. */
    readonly constraint: readonly (readonly (string | number)[])[] | undefined,
    /** Whether it is one of a collection's own indexes, as FQL v10 makes them; its document is hidden. */
    readonly isHidden: boolean,
    /** Whether it lacks documents that it could not take in. */
    readonly isPartial: boolean,
  ) {
    this.#sources = sources;

    this.reversed = values.map(({ reverse }) => reverse);
  }

  static read(scope: number, id: bigint, { fields }: ObjectValue): Index {
    return new Index(
      scope,
      id,
      fields.get('name') as string,
      list(fields.get('terms')).map(readTerm),
      list(fields.get('values')).map(readTerm),
      fields.get('unique') === true,
      fields.get('active') === true,
      list(fields.get('source')).length,
      readSources(fields.get('source')),
      readConstraint(fields.get('constraint')),
      fields.get('hidden') === true,
      fields.has('unindexed'),
    );
  }

  get ref(): Ref {
    // 7 is the native collection of indexes.
    return new Ref(this.scope, 7, this.id);
  }

  /** The bindings for documents of a collection; `undefined` if the index does not cover it. */
  bindingsFor(collection: number): Bindings | undefined {
    return this.#sources.get(collection) ?? (isUserCollection(collection) ? this.#sources.get('_') : undefined);
  }

  /** The collections it names; `undefined` if it covers all. */
  get collections(): readonly number[] | undefined {
    return this.#sources.has('_') ? undefined : [...this.#sources.keys()].map(Number);
  }
}

function readTerm(term: unknown): TermSource {
  const { fields } = term as ObjectValue;
  const binding = fields.get('binding');
  return {
    path: typeof binding === 'string' ? { binding } : (list(fields.get('field')) as (string | bigint)[]),
    reverse: fields.get('reverse') === true,
    mva: fields.get('mva') !== false,
    casefold: fields.get('transform') === 'casefold',
  };
}

function readConstraint(value: unknown): (string | number)[][] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.map((path) => list(path).map((key) => (typeof key === 'bigint' ? Number(key) : (key as string))));
}

function readSources(value: unknown): Map<number | '_', Bindings> {
  const sources = new Map<number | '_', Bindings>();
  for (const source of list(value)) {
    const fields = source instanceof ObjectValue ? source.fields : undefined;
    const collections = fields ? (fields.get('class') ?? fields.get('collection')) : source;
    const functions = fields?.get('fields');
    const bindings =
      functions instanceof ObjectValue ? new Map([...functions.fields].map(([k, v]) => [k, v as Lambda])) : NO_BINDINGS;
    for (const collection of list(collections)) {
      sources.set(collection instanceof Ref ? Number(collection.id) : '_', bindings);
    }
  }
  return sources;
}

/** A list, a single element, or nothing. */
function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
