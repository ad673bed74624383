// The items of a schema file. Members of items that are compared, edited and printed alike have one form, `Member`.
import type { Expression, FieldPath, Lambda, Name, TypeExpression } from './ast.js';
import type { Span } from './span.js';

/** The value of a member. */
export type Config =
  | IdConfig
  | BooleanConfig
  | StringConfig
  | IntegerConfig
  | ExpressionConfig
  | LambdaConfig
  | TermConfig
  | ValueConfig
  | ListConfig<TermConfig>
  | ListConfig<ValueConfig>
  | OptionalPredicate
  | BlockConfig
  | MigrationBlock;

/** The argument of an annotation. */
export interface IdConfig {
  readonly kind: 'id';
  readonly name: Name;
  readonly span: Span;
}
export interface BooleanConfig {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly span: Span;
}
export interface StringConfig {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}
export interface IntegerConfig {
  readonly kind: 'integer';
  readonly value: bigint;
  readonly span: Span;
}
/** The default of a field. */
export interface ExpressionConfig {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly span: Span;
}
/** The lambda of a computed field, of a check constraint, or of a predicate, whose span includes the braces around it. */
export interface LambdaConfig {
  readonly kind: 'computed' | 'check' | 'predicate';
  readonly lambda: Lambda;
  readonly span: Span;
}
/** A term of an index or unique constraint; `mva`: its array is indexed by element. */
export interface TermConfig {
  readonly kind: 'term';
  readonly path: FieldPath;
  readonly mva: boolean;
  readonly span: Span;
}
export interface ValueConfig {
  readonly kind: 'value';
  readonly path: FieldPath;
  readonly mva: boolean;
  readonly ascending: boolean;
  readonly span: Span;
}
export interface ListConfig<T> {
  readonly kind: 'list';
  readonly elements: readonly T[];
  readonly span: Span;
}
export interface OptionalPredicate {
  readonly kind: 'optional';
  readonly predicate: LambdaConfig | undefined;
  readonly span: Span;
}
export interface BlockConfig {
  readonly kind: 'block';
  readonly members: readonly Member[];
  readonly span: Span;
}

/** A member of an item, such as `index byName { … }`; `name` is what stands after the keyword. */
export interface Member<C extends Config = Config> {
  readonly keyword: string;
  readonly name: Name | undefined;
  readonly config: C;
  readonly span: Span;
}
export interface NamedMember<C extends Config = Config> extends Member<C> {
  readonly name: Name;
}

/** `@alias(name)` or `@role(name)`. */
export type Annotation = Member<IdConfig>;

/** A field of a collection. */
export type FieldItem = DefinedField | ComputedField | WildcardField;
export interface DefinedField {
  readonly kind: 'defined';
  readonly name: Name;
  /** Its objects may have defaults. */
  readonly type: TypeExpression;
  readonly default: ExpressionConfig | undefined;
  readonly span: Span;
}
export interface ComputedField {
  readonly kind: 'computed';
  readonly name: Name;
  readonly type: TypeExpression | undefined;
  readonly body: LambdaConfig;
  readonly span: Span;
}
/** `*: Any`; its name is `*`. */
export interface WildcardField {
  readonly kind: 'wildcard';
  readonly name: Name;
  readonly type: TypeExpression;
  readonly span: Span;
}

/** How the documents of a collection change their shape. */
export interface MigrationBlock {
  readonly kind: 'migrations';
  readonly items: readonly MigrationItem[];
  readonly span: Span;
}
export type MigrationItem =
  | { readonly kind: 'backfill'; readonly path: FieldPath; readonly value: Expression; readonly span: Span }
  | { readonly kind: 'drop'; readonly path: FieldPath; readonly span: Span }
  | { readonly kind: 'split'; readonly path: FieldPath; readonly into: readonly FieldPath[]; readonly span: Span }
  | { readonly kind: 'move'; readonly path: FieldPath; readonly to: FieldPath; readonly span: Span }
  | { readonly kind: 'add'; readonly path: FieldPath; readonly span: Span }
  | { readonly kind: 'move_conflicts'; readonly into: FieldPath; readonly span: Span }
  | { readonly kind: 'move_wildcard'; readonly into: FieldPath; readonly span: Span }
  | { readonly kind: 'add_wildcard'; readonly span: Span };

interface ItemBase {
  readonly name: Name;
  readonly span: Span;
  /** The comment right before it. */
  readonly docComment: Span | undefined;
}

export interface CollectionItem extends ItemBase {
  readonly kind: 'collection';
  readonly alias: Annotation | undefined;
  readonly fields: readonly FieldItem[];
  readonly migrations: Member<MigrationBlock> | undefined;
  /** Their blocks contain `terms` and `values`, at most one of each; see `termsOf` and `valuesOf`. */
  readonly indexes: readonly NamedMember<BlockConfig>[];
  readonly uniques: readonly Member<ListConfig<TermConfig>>[];
  readonly checks: readonly NamedMember<LambdaConfig>[];
  readonly historyDays: Member<IntegerConfig> | undefined;
  readonly ttlDays: Member<IntegerConfig> | undefined;
  readonly documentTtls: Member<BooleanConfig> | undefined;
}

export interface FunctionParameter {
  readonly name: Name;
  readonly type: TypeExpression | undefined;
  readonly variadic: boolean;
}
/** Either all parameters and the result have a type, or none has. */
export interface FunctionSignature {
  readonly parameters: readonly FunctionParameter[];
  readonly result: TypeExpression | undefined;
  readonly span: Span;
}
export interface FunctionItem extends ItemBase {
  readonly kind: 'function';
  readonly alias: Annotation | undefined;
  readonly role: Annotation | undefined;
  readonly signature: FunctionSignature;
  readonly body: Expression & { readonly kind: 'block' };
}

export interface RoleItem extends ItemBase {
  readonly kind: 'role';
  /** Their blocks contain one member with an {@link OptionalPredicate} for each action. */
  readonly privileges: readonly NamedMember<BlockConfig>[];
  readonly membership: readonly NamedMember<OptionalPredicate>[];
}

export interface AccessProviderItem extends ItemBase {
  readonly kind: 'access provider';
  readonly issuer: Member<StringConfig>;
  readonly jwksUri: Member<StringConfig>;
  readonly roles: readonly NamedMember<OptionalPredicate>[];
}

export type SchemaItem = CollectionItem | FunctionItem | RoleItem | AccessProviderItem;

const listIn = <T>(block: BlockConfig, keyword: string): ListConfig<T> | undefined => {
  const config = block.members.find((member) => member.keyword === keyword)?.config;
  return config?.kind === 'list' ? (config as ListConfig<unknown> as ListConfig<T>) : undefined;
};
/** The terms of an index. */
export const termsOf = (index: Member<BlockConfig>): readonly TermConfig[] =>
  listIn<TermConfig>(index.config, 'terms')?.elements ?? [];
/** The values of an index. */
export const valuesOf = (index: Member<BlockConfig>): readonly ValueConfig[] =>
  listIn<ValueConfig>(index.config, 'values')?.elements ?? [];
