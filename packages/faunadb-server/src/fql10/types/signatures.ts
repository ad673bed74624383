// The types of the standard library: the members of each type's values. A, B, … stand for any type.

export interface Signatures {
  readonly parameters?: readonly string[];
  /** Whether its values can be stored. */
  readonly isPersistable?: boolean;
  /** The type that it is an alias of. */
  readonly alias?: string;
  /** The function type of its values. */
  readonly apply?: string;
  readonly access?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A collection that every database has. */
export interface NativeSignatures {
  /** The type name of its documents. */
  readonly document: string;
  readonly isNamed: boolean;
  /** The fields of its documents. */
  readonly data: string;
  /** The argument of `create`. */
  readonly create: string;
  readonly apply?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly documentFields?: Readonly<Record<string, string>>;
}

export const TYPES: Readonly<Record<string, Signatures>> = {
  Array: {
    parameters: ['A'],
    isPersistable: true,
    access: 'Number => A',
    fields: {
      aggregate: '(seed: A, combiner: (A, A) => A) => A',
      any: '(predicate: (A => Boolean | Null)) => Boolean',
      append: '(element: A) => Array<A>',
      at: '(index: Number) => A',
      concat: '(other: Array<B>) => Array<A | B>',
      distinct: '() => Array<A>',
      drop: '(amount: Number) => Array<A>',
      entries: '() => Array<[Number, A]>',
      every: '(predicate: (A => Boolean | Null)) => Boolean',
      filter: '(predicate: (A => Boolean | Null)) => Array<A>',
      first: '() => A | Null',
      firstWhere: '(predicate: (A => Boolean | Null)) => A | Null',
      flatMap: '(mapper: (A => Array<B>)) => Array<B>',
      flatten: '() => Array<Any>',
      fold: '(seed: B, reducer: (B, A) => B) => B',
      foldRight: '(seed: B, reducer: (B, A) => B) => B',
      forEach: '(callback: (A => Any)) => Null',
      includes: '(element: A) => Boolean',
      indexOf: '((element: A) => Number | Null) & ((element: A, start: Number) => Number | Null)',
      indexWhere:
        '((predicate: (A => Boolean | Null)) => Number | Null) & ((predicate: A => Boolean | Null, start: Number) => Number | Null)',
      isEmpty: '() => Boolean',
      last: '() => A | Null',
      lastIndexOf: '((element: A) => Number | Null) & ((element: A, end: Number) => Number | Null)',
      lastIndexWhere:
        '((predicate: (A => Boolean | Null)) => Number | Null) & ((predicate: A => Boolean | Null, end: Number) => Number | Null)',
      lastWhere: '(predicate: (A => Boolean | Null)) => A | Null',
      length: 'Number',
      map: '(mapper: (A => B)) => Array<B>',
      nonEmpty: '() => Boolean',
      order: '(ordering: ...{ asc: A => Any } | { desc: A => Any } | (A => Any)) => Array<A>',
      prepend: '(element: A) => Array<A>',
      reduce: '(reducer: ((A, A) => A)) => A | Null',
      reduceRight: '(reducer: ((A, A) => A)) => A | Null',
      reverse: '() => Array<A>',
      slice: '((from: Number) => Array<A>) & ((from: Number, until: Number) => Array<A>)',
      take: '(limit: Number) => Array<A>',
      toSet: '() => Set<A>',
      toString: '() => String',
      where: '(predicate: (A => Boolean | Null)) => Array<A>',
    },
  },
  ArrayModule: {
    fields: {
      sequence: '(from: Number, until: Number) => Array<Number>',
    },
  },
  Boolean: {
    isPersistable: true,
    fields: {
      toString: '() => String',
    },
  },
  BooleanModule: {},
  Bytes: {
    isPersistable: true,
    fields: {
      toBase64: '() => String',
      toString: '() => String',
    },
  },
  BytesModule: {
    apply: '(encoded: String) => Bytes',
    fields: {
      fromBase64: '(encoded: String) => Bytes',
    },
  },
  Date: {
    isPersistable: true,
    fields: {
      add: '(amount: Number, unit: String) => Date',
      dayOfMonth: 'Number',
      dayOfWeek: 'Number',
      dayOfYear: 'Number',
      difference: '(start: Date) => Number',
      month: 'Number',
      subtract: '(amount: Number, unit: String) => Date',
      toString: '() => String',
      year: 'Number',
    },
  },
  DateModule: {
    apply: '(date: String) => Date',
    fields: {
      fromString: '(date: String) => Date',
      today: '() => Date',
    },
  },
  DocModule: {},
  DoubleModule: {},
  EmptyNamedRef: {
    parameters: ['A'],
    alias: 'Null',
    fields: {
      coll: 'Any',
      exists: '() => false',
      name: 'String',
    },
  },
  EmptyRef: {
    parameters: ['A'],
    alias: 'Null',
    fields: {
      coll: 'Any',
      exists: '() => false',
      id: 'ID',
    },
  },
  EventSource: {
    parameters: ['A'],
    fields: {
      map: '(mapper: (A => B)) => EventSource<B>',
      toString: '() => String',
      where: '(predicate: (A => Boolean | Null)) => EventSource<A>',
    },
  },
  EventSourceModule: {},
  'FQL.SchemaModule': {
    fields: {
      defForIdentifier: '(ident: String) => Any',
    },
  },
  FloatModule: {},
  ID: {
    fields: {
      toString: '() => String',
    },
  },
  IDModule: { apply: '((id: String) => ID) & ((id: Number) => ID)' },
  IntModule: {},
  LongModule: {},
  MathModule: {
    fields: {
      E: 'Number',
      Infinity: 'Number',
      NaN: 'Number',
      PI: 'Number',
      abs: '(x: Number) => Number',
      acos: '(x: Number) => Number',
      asin: '(x: Number) => Number',
      atan: '(x: Number) => Number',
      ceil: '(x: Number) => Number',
      cos: '(x: Number) => Number',
      cosh: '(x: Number) => Number',
      degrees: '(x: Number) => Number',
      exp: '(x: Number) => Number',
      floor: '(x: Number) => Number',
      hypot: '(x: Number, y: Number) => Number',
      log: '(x: Number) => Number',
      log10: '(x: Number) => Number',
      max: '(x: Number, y: Number) => Number',
      mean: '((numbers: Array<Number>) => Number) & ((numbers: Set<Number>) => Number)',
      min: '(x: Number, y: Number) => Number',
      pow: '(x: Number, power: Number) => Number',
      radians: '(x: Number) => Number',
      round: '(x: Number, precision: Number) => Number',
      sign: '(x: Number) => Number',
      sin: '(x: Number) => Number',
      sinh: '(x: Number) => Number',
      sqrt: '(x: Number) => Number',
      sum: '((numbers: Array<Number>) => Number) & ((numbers: Set<Number>) => Number)',
      tan: '(x: Number) => Number',
      tanh: '(x: Number) => Number',
      trunc: '(x: Number, precision: Number) => Number',
    },
  },
  NamedRef: { parameters: ['A'], alias: 'A | EmptyNamedRef<A>' },
  Null: {
    isPersistable: true,
    access: 'Any => Never',
    fields: {
      toString: '() => String',
    },
  },
  NullModule: {},
  Number: {
    isPersistable: true,
    fields: {
      toString: '() => String',
    },
  },
  NumberModule: {},
  ObjectModule: {
    fields: {
      assign: '(destination: { *: A }, source: { *: B }) => { *: A | B }',
      entries: '(object: { *: A }) => Array<[String, A]>',
      fromEntries: '(entries: Array<[String, A]>) => { *: A }',
      hasPath: '(object: { *: Any }, path: Array<String>) => Boolean',
      keys: '(object: Any) => Array<String>',
      select: '(object: { *: Any }, path: Array<String>) => Any',
      toString: '(object: Any) => String',
      values: '(object: { *: A }) => Array<A>',
    },
  },
  QueryModule: {
    fields: {
      identity: '() => { *: Any } | Null',
      isEnvProtected: '() => Boolean',
      isEnvTypechecked: '() => Boolean',
      token: '() => { *: Any } | Null',
    },
  },
  Ref: { parameters: ['A'], isPersistable: true, alias: 'A | EmptyRef<A>' },
  Set: {
    parameters: ['A'],
    fields: {
      aggregate: '(seed: A, combiner: (A, A) => A) => A',
      any: '(predicate: (A => Boolean | Null)) => Boolean',
      changesOn: '(fields: ...A => Any) => EventSource<A>',
      concat: '(other: Set<B>) => Set<A | B>',
      count: '() => Number',
      distinct: '() => Set<A>',
      drop: '(amount: Number) => Set<A>',
      eventSource: '() => EventSource<A>',
      eventsOn: '(fields: ...A => Any) => EventSource<A>',
      every: '(predicate: (A => Boolean | Null)) => Boolean',
      first: '() => A | Null',
      firstWhere: '(predicate: (A => Boolean | Null)) => A | Null',
      flatMap: '(mapper: (A => Set<B>)) => Set<B>',
      fold: '(seed: B, reducer: (B, A) => B) => B',
      foldRight: '(seed: B, reducer: (B, A) => B) => B',
      forEach: '(callback: (A => Any)) => Null',
      includes: '(element: A) => Boolean',
      isEmpty: '() => Boolean',
      last: '() => A | Null',
      lastWhere: '(predicate: (A => Boolean | Null)) => A | Null',
      map: '(mapper: (A => B)) => Set<B>',
      nonEmpty: '() => Boolean',
      order: '(ordering: ...{ asc: A => Any } | { desc: A => Any } | (A => Any)) => Set<A>',
      pageSize: '(size: Number) => Set<A>',
      paginate:
        '(() => { data: Array<A>, after: String | Null }) & ((size: Number) => { data: Array<A>, after: String | Null })',
      reduce: '(reducer: ((A, A) => A)) => A | Null',
      reduceRight: '(reducer: ((A, A) => A)) => A | Null',
      reverse: '() => Set<A>',
      take: '(limit: Number) => Set<A>',
      toArray: '() => Array<A>',
      toSet: '() => Set<A>',
      toStream: '() => EventSource<A>',
      toString: '() => String',
      where: '(predicate: (A => Boolean | Null)) => Set<A>',
    },
  },
  SetCursor: {
    fields: {
      toString: '() => String',
    },
  },
  SetCursorModule: {},
  SetModule: {
    fields: {
      paginate:
        '((cursor: String | SetCursor) => { data: Array<Any>, after: String | Null }) & ((cursor: String | SetCursor, size: Number) => { data: Array<Any>, after: String | Null })',
      sequence: '(from: Number, until: Number) => Set<Number>',
      single: '(element: A) => Set<A>',
    },
  },
  Stream: { parameters: ['A'], alias: 'EventSource<A>' },
  String: {
    isPersistable: true,
    access: 'Number => String',
    fields: {
      at: '(index: Number) => String',
      casefold: '(() => String) & ((format: String) => String)',
      concat: '(other: String) => String',
      endsWith: '(suffix: String) => Boolean',
      includes: '(pattern: String) => Boolean',
      includesRegex: '(regex: String) => Boolean',
      indexOf: '((pattern: String) => Number | Null) & ((pattern: String, start: Number) => Number | Null)',
      indexOfRegex: '((regex: String) => Number | Null) & ((regex: String, start: Number) => Number | Null)',
      insert: '(index: Number, other: String) => String',
      lastIndexOf: '((pattern: String) => Number | Null) & ((pattern: String, end: Number) => Number | Null)',
      length: 'Number',
      matchIndexes: '(regex: String) => Array<[Number, String]>',
      matches: '(regex: String) => Array<String>',
      parseDouble: '() => Number | Null',
      parseInt: '(() => Number | Null) & ((radix: Number) => Number | Null)',
      parseLong: '(() => Number | Null) & ((radix: Number) => Number | Null)',
      parseNumber: '() => Number | Null',
      replace:
        '((pattern: String, replacement: String) => String) & ((pattern: String, replacement: String, amount: Number) => String)',
      replaceAll: '(pattern: String, replacement: String) => String',
      replaceAllRegex: '(pattern: String, replacement: String) => String',
      replaceRegex:
        '((regex: String, replacement: String) => String) & ((regex: String, replacement: String, amount: Number) => String)',
      slice: '((start: Number) => String) & ((start: Number, end: Number) => String)',
      split: '(separator: String) => Array<String>',
      splitAt: '(index: Number) => [String, String]',
      splitRegex: '(regex: String) => Array<String>',
      startsWith: '(prefix: String) => Boolean',
      toLowerCase: '() => String',
      toString: '() => String',
      toUpperCase: '() => String',
    },
  },
  StringModule: {},
  StructModule: {},
  Time: {
    isPersistable: true,
    fields: {
      add: '(amount: Number, unit: String) => Time',
      dayOfMonth: 'Number',
      dayOfWeek: 'Number',
      dayOfYear: 'Number',
      difference: '(start: Time, unit: String) => Number',
      hour: 'Number',
      minute: 'Number',
      month: 'Number',
      second: 'Number',
      subtract: '(amount: Number, unit: String) => Time',
      toMicros: '() => Number',
      toMillis: '() => Number',
      toSeconds: '() => Number',
      toString: '() => String',
      year: 'Number',
    },
  },
  TimeModule: {
    apply: '(time: String) => Time',
    fields: {
      epoch: '(offset: Number, unit: String) => Time',
      fromString: '(time: String) => Time',
      now: '() => Time',
    },
  },
  TransactionTime: {
    fields: {
      toString: '() => String',
    },
  },
  TransactionTimeModule: { apply: '() => TransactionTime' },
  UUID: {
    isPersistable: true,
    fields: {
      toString: '() => String',
    },
  },
  UUIDModule: {},
  UserFunction: {
    parameters: ['A'],
    apply: 'A',
    fields: {
      definition: 'FunctionDef',
      toString: '() => String',
    },
  },
  object: { isPersistable: true, access: 'String => Any' },
};

export const NATIVE_COLLECTIONS: Readonly<Record<string, NativeSignatures>> = {
  AccessProvider: {
    document: 'AccessProvider',
    isNamed: true,
    data: '{ name: String, ts: Time, coll: AccessProviderCollection, issuer: String, jwks_uri: String, roles: Array<{ role: String, predicate: String }>, audience: String, data: { *: Any } | Null }',
    create:
      '{ name: String, issuer: String, jwks_uri: String, roles: String | { role: String, predicate: String } | Array<String | { role: String, predicate: String }> | Null, data: { *: Any } | Null }',
  },
  Collection: {
    document: 'CollectionDef',
    isNamed: true,
    data: '{ name: String, alias: String | Null, computed_fields: { *: { body: String, signature: String | Null } }, fields: { *: { signature: String, default: String | Null } }, migrations: Array<{ backfill: { field: String, value: String } } | { drop: { field: String } } | { split: { field: String, to: Array<String> } } | { move: { field: String, to: String } } | { add: { field: String } } | { move_conflicts: { into: String } } | { move_wildcard: { into: String } } | { add_wildcard: {} }> | Null, wildcard: String, ts: Time, coll: CollectionCollection, history_days: Number | Null, ttl_days: Number | Null, document_ttls: Boolean | Null, indexes: { *: { terms: Array<{ field: String, mva: Boolean | Null }>, values: Array<{ field: String, mva: Boolean | Null, order: "asc" | "desc" | Null }>, queryable: Boolean, status: "pending" | "active" | "failed" } }, constraints: Array<{ *: Any }>, data: { *: Any } | Null }',
    create:
      '{ name: String, alias: String | Null, computed_fields: { *: { body: String, signature: String | Null } } | Null, fields: { *: { signature: String, default: String | Null } } | Null, migrations: Array<{ backfill: { field: String, value: String } } | { drop: { field: String } } | { split: { field: String, to: Array<String> } } | { move: { field: String, to: String } } | { add: { field: String } } | { move_conflicts: { into: String } } | { move_wildcard: { into: String } } | { add_wildcard: {} }> | Null, wildcard: String | Null, history_days: Number | Null, ttl_days: Number | Null, document_ttls: Boolean | Null, indexes: { *: { terms: Array<{ field: String, mva: Boolean | Null }> | Null, values: Array<{ field: String, mva: Boolean | Null, order: "asc" | "desc" | Null }> | Null, queryable: Boolean | Null } } | Null, constraints: Array<{ unique: Array<String> | Array<{ field: String, mva: Boolean | Null }> } | { check: { name: String, body: String } }> | Null, data: { *: Any } | Null }',
    apply: '(collection: String) => Any',
    fields: {
      Deleted: 'DeletedCollection',
    },
  },
  Credential: {
    document: 'Credential',
    isNamed: false,
    data: '{ id: ID, ts: Time, coll: CredentialCollection, document: Ref<{ *: Any }>, data: { *: Any } | Null }',
    create: '{ id: ID | Null, document: Ref<{ *: Any }>, password: String | Null, data: { *: Any } | Null }',
    fields: {
      byDocument: '(document: { *: Any } | Null) => Ref<Credential>',
    },
    documentFields: {
      login: '((secret: String) => Token) & ((secret: String, ttl: Time) => Token)',
      verify: '(secret: String) => Boolean',
    },
  },
  Database: {
    document: 'DatabaseDef',
    isNamed: true,
    data: '{ name: String, ts: Time, coll: DatabaseCollection, global_id: String, priority: Number | Null, typechecked: Boolean | Null, protected: Boolean | Null, data: { *: Any } | Null }',
    create:
      '{ name: String, priority: Number | Null, typechecked: Boolean | Null, protected: Boolean | Null, data: { *: Any } | Null }',
  },
  Function: {
    document: 'FunctionDef',
    isNamed: true,
    data: '{ name: String, alias: String | Null, signature: String | Null, ts: Time, coll: FunctionCollection, role: String | Null, body: String, data: { *: Any } | Null }',
    create:
      '{ name: String, alias: String | Null, signature: String | Null, role: String | Null, body: String, data: { *: Any } | Null }',
    apply: '(function: String) => Any',
  },
  Key: {
    document: 'Key',
    isNamed: false,
    data: '{ id: ID, ts: Time, coll: KeyCollection, role: String, database: String | Null, ttl: Time | Null, secret: String | Null, data: { *: Any } | Null }',
    create: '{ role: String, database: String | Null, ttl: Time | Null, data: { *: Any } | Null }',
  },
  Role: {
    document: 'Role',
    isNamed: true,
    data: '{ name: String, ts: Time, coll: RoleCollection, privileges: Any, membership: Any, data: { *: Any } | Null }',
    create: '{ name: String, privileges: Any | Null, membership: Any | Null, data: { *: Any } | Null }',
  },
  Token: {
    document: 'Token',
    isNamed: false,
    data: '{ id: ID, ts: Time, coll: TokenCollection, document: { *: Any }, secret: String | Null, ttl: Time | Null, data: { *: Any } | Null }',
    create: '{ id: ID | Null, document: { *: Any } | Null, ttl: Time | Null, data: { *: Any } | Null }',
    fields: {
      byDocument: '(document: { *: Any }) => Set<Token>',
    },
  },
};

/** Global functions. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  abort: '(return: Any) => Never',
  asc: '(accessor: (A => Any)) => { asc: A => Any }',
  dbg: '(value: A) => A',
  desc: '(accessor: (A => Any)) => { desc: A => Any }',
  log: '(args: ...Any) => Null',
  newId: '() => ID',
};
