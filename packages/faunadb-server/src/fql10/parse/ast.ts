import type { Span } from './span.js';

/** A name and its position. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

/** A literal. Integers have any size; `double` keeps the decimal text, because its digits appear in the static type. */
export type Literal =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'double'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string };

/** The implicit parameter of a short lambda such as `.field`. */
export const THIS = '$this';

/** A lambda; a parameter written `_` is `undefined`. A short lambda's only parameter is {@link THIS}. */
export interface Lambda {
  readonly kind: 'lambda';
  readonly parameters: readonly (Name | undefined)[];
  /** The parameter after `...`; `name` is undefined for `..._`. */
  readonly variadic: { readonly name: Name | undefined } | undefined;
  readonly body: Expression;
  readonly short: boolean;
  readonly span: Span;
}

export type Expression =
  | { readonly kind: 'identifier'; readonly name: string; readonly span: Span }
  | { readonly kind: 'literal'; readonly literal: Literal; readonly span: Span }
  | { readonly kind: 'template'; readonly parts: readonly (string | Expression)[]; readonly span: Span }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression | undefined;
      readonly span: Span;
    }
  | { readonly kind: 'at'; readonly time: Expression; readonly body: Expression; readonly span: Span }
  | {
      readonly kind: 'match';
      readonly subject: Expression;
      readonly branches: readonly (readonly [Pattern, Expression])[];
      readonly span: Span;
    }
  | Lambda
  /** A binary operator, or a unary one if there is no `right`. `rightSpan` is the position of the arguments. */
  | {
      readonly kind: 'operator';
      readonly left: Expression;
      readonly operator: Name;
      readonly right: Expression | undefined;
      readonly rightSpan: Span;
      readonly span: Span;
    }
  | { readonly kind: 'chain'; readonly head: Expression; readonly links: readonly Link[]; readonly span: Span }
  | { readonly kind: 'project'; readonly subject: Expression; readonly fields: readonly Field[]; readonly span: Span }
  | { readonly kind: 'projectAll'; readonly subject: Expression; readonly span: Span }
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly span: Span }
  /** `(a)` is its element; `()` and `(a, b)` are arrays. */
  | { readonly kind: 'tuple'; readonly elements: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'array'; readonly elements: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'block'; readonly statements: readonly Statement[]; readonly span: Span };

export type Field = readonly [Name, Expression];

/** One step of a chain such as `a.b?.c(d)[e]!`. */
export type Link =
  | {
      readonly kind: 'select';
      readonly dotSpan: Span;
      readonly field: Name;
      readonly optional: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'bang'; readonly span: Span }
  | {
      readonly kind: 'apply';
      readonly arguments: readonly Expression[];
      /** The `?.` before the parentheses. */
      readonly optional: Span | undefined;
      readonly applySpan: Span;
      readonly span: Span;
    }
  | {
      readonly kind: 'method';
      readonly dotSpan: Span;
      readonly field: Name;
      readonly arguments: readonly Expression[];
      readonly selectOptional: boolean;
      readonly applyOptional: Span | undefined;
      readonly applySpan: Span;
      readonly span: Span;
    }
  | {
      readonly kind: 'access';
      readonly arguments: readonly Expression[];
      readonly optional: Span | undefined;
      readonly accessSpan: Span;
      readonly span: Span;
    };

export type Statement =
  | {
      readonly kind: 'let';
      readonly name: Name;
      readonly type: TypeExpression | undefined;
      readonly value: Expression;
      readonly span: Span;
    }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly span: Span };

/** A type as written. The fields of an object may have defaults only in a schema. */
export type TypeExpression =
  | { readonly kind: 'any'; readonly span: Span }
  | { readonly kind: 'never'; readonly span: Span }
  | { readonly kind: 'singleton'; readonly literal: Literal; readonly span: Span }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'generic';
      readonly name: Name;
      readonly arguments: readonly TypeExpression[];
      readonly span: Span;
    }
  | {
      readonly kind: 'objectType';
      readonly fields: readonly TypeField[];
      readonly wildcard: TypeExpression | undefined;
      /** Whether it ends with `...`: any object with at least these fields. */
      readonly open: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'tupleType'; readonly elements: readonly TypeExpression[]; readonly span: Span }
  | {
      readonly kind: 'functionType';
      readonly parameters: readonly TypeParameter[];
      readonly variadic: TypeParameter | undefined;
      readonly result: TypeExpression;
      readonly span: Span;
    }
  | { readonly kind: 'union'; readonly members: readonly TypeExpression[]; readonly span: Span }
  | { readonly kind: 'intersection'; readonly members: readonly TypeExpression[]; readonly span: Span }
  | { readonly kind: 'nullable'; readonly base: TypeExpression; readonly markSpan: Span; readonly span: Span };

export interface TypeField {
  readonly name: Name;
  readonly type: TypeExpression;
  /** Only in schemas. */
  readonly default: Expression | undefined;
}

export interface TypeParameter {
  readonly name: Name | undefined;
  readonly type: TypeExpression;
}

/** A type with its type parameters: `<A, B> (A) => B`. */
export interface TypeScheme {
  readonly parameters: readonly string[];
  readonly type: TypeExpression;
}

/** A pattern of `match`, which is parsed but not evaluated. */
export type Pattern =
  | { readonly kind: 'hole'; readonly inner: Pattern | undefined; readonly span: Span }
  | { readonly kind: 'bind'; readonly name: Name; readonly inner: Pattern | undefined; readonly span: Span }
  | { readonly kind: 'typePattern'; readonly type: TypeExpression; readonly span: Span }
  | { readonly kind: 'literalPattern'; readonly literal: Literal; readonly span: Span }
  | { readonly kind: 'objectPattern'; readonly fields: readonly (readonly [Name, Pattern])[]; readonly span: Span }
  | {
      readonly kind: 'arrayPattern';
      readonly elements: readonly Pattern[];
      readonly rest: Pattern | undefined;
      readonly span: Span;
    };

/** A path to a field, such as `.a.b[0]["c"]`. */
export interface FieldPath {
  readonly elements: readonly { readonly key: string | number; readonly span: Span }[];
  readonly span: Span;
}
