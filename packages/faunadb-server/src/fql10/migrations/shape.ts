// The shape of a collection's documents while its migrations are taken back, one by one.
import type { Expression, FieldPath, Name, TypeExpression } from '../parse/ast.js';
import type { Diagnostic } from '../parse/diagnostic.js';
import type { CollectionItem, MigrationItem } from '../parse/schema-ast.js';
import { NULL_SPAN, type Span } from '../parse/span.js';
import { constrain } from '../types/constrain.js';
import { diagnosticOf } from '../types/problem.js';
import { any, nullType, record, type Term } from '../types/terms.js';
import type { Typer } from '../types/typer.js';
import { checkedType, uncheckedType } from '../types/written.js';

export type ItemOf<K extends MigrationItem['kind']> = MigrationItem & { readonly kind: K };

/** What a field comes from, as far as migrations have been taken back. */
export type FieldSource =
  /** The submitted schema. */
  | { readonly kind: 'schema'; readonly default: Expression | undefined }
  /** It was split into others. */
  | { readonly kind: 'split'; readonly by: ItemOf<'split'> }
  | { readonly kind: 'drop'; readonly by: ItemOf<'drop'> }
  /** It has a value for earlier documents, but nothing yet that adds it. */
  | { readonly kind: 'backfill'; readonly by: ItemOf<'backfill'> }
  // Before these there is no such field.
  | { readonly kind: 'splitInto'; readonly by: ItemOf<'split'>; readonly target: FieldPath }
  | { readonly kind: 'add'; readonly by: ItemOf<'add'> }
  | { readonly kind: 'movedInto'; readonly by: ItemOf<'move'> };

export type Fields = Map<string, ShapeField>;

export interface ShapeField {
  readonly name: Name;
  readonly value: FieldValue;
  readonly source: FieldSource;
}

export type FieldValue =
  | { readonly kind: 'literal'; readonly type: Term }
  | { readonly kind: 'record'; readonly fields: Fields; readonly hasWildcard: boolean; readonly span: Span };

export interface ShapeWildcard {
  readonly type: Term;
  /** `implicit`: there are no fields; `add_wildcard`: there is none before it. */
  readonly source: 'schema' | 'implicit' | 'move_wildcard' | 'add_wildcard';
  readonly span: Span;
}

/** Why there is no field at a path. */
export type Missing = 'not found' | 'beside a wildcard';

export const literalValue = (type: Term): FieldValue => ({ kind: 'literal', type });

export const isPresent = ({ source: { kind } }: ShapeField): boolean =>
  kind !== 'splitInto' && kind !== 'add' && kind !== 'movedInto';
export const isWildcardPresent = ({ source }: ShapeWildcard): boolean => source !== 'add_wildcard';

/** The type of a field's values. */
export function typeOf({ value }: Pick<ShapeField, 'value'>): Term {
  if (value.kind === 'literal') return value.type;
  const present = [...value.fields].filter(([, field]) => isPresent(field));
  return record(new Map(present.map(([name, field]) => [name, typeOf(field)])), undefined, value.span);
}

export const isSubtype = (typer: Typer, a: Term, b: Term): boolean =>
  constrain(typer, a, b, { span: NULL_SPAN, level: 0, scope: undefined }).length === 0;
export const isNullable = (typer: Typer, type: Term): boolean => isSubtype(typer, nullType(), type);

/** As {@link isSubtype}, but with `Any` as the supertype of everything, and a subtype only of itself. */
export function isSchemaSubtype(typer: Typer, a: Term, b: Term): boolean {
  const go = (c: Term, d: Term) => isSchemaSubtype(typer, c, d);
  if (typer.interner.of(a) === typer.interner.of(b)) return true;
  if (a.k === 'union') return a.variants.every((each) => go(each, b));
  if (b.k === 'union') return b.variants.some((each) => go(a, each));
  if (a.k === 'intersection') return a.variants.some((each) => go(each, b));
  if (b.k === 'intersection') return b.variants.every((each) => go(a, each));
  if (b.k === 'any') return true;
  return a.k !== 'any' && isSubtype(typer, a, b);
}

/** Whether a field needs no value in a new document. What was dropped was there, whatever its type says. */
export function isOptional(typer: Typer, field: ShapeField): boolean {
  if (field.source.kind === 'drop') return false;
  const hasDefault = field.source.kind === 'schema' && field.source.default !== undefined;
  return !isPresent(field) || hasDefault || isNullable(typer, typeOf(field));
}

export class CollectionShape {
  constructor(
    readonly fields: Fields,
    public wildcard: ShapeWildcard | undefined,
  ) {}

  copy(): CollectionShape {
    return new CollectionShape(copied(this.fields), this.wildcard);
  }

  /** Whether documents of `live` fit: fields have a supertype, and others are added or removed by migrations. */
  isCompatibleWith(typer: Typer, live: CollectionShape): boolean {
    for (const name of new Set([...this.fields.keys(), ...live.fields.keys()])) {
      const field = this.fields.get(name);
      const before = live.fields.get(name);
      if (field && before) {
        if (field.source.kind === 'backfill' || !isPresent(field) || !isPresent(before)) return false;
        if (!isSchemaSubtype(typer, typeOf(before), typeOf(field))) return false;
      } else if (field) {
        if (field.source.kind === 'schema' ? this.wildcard || !isAdded(field) : isPresent(field)) return false;
      } else if (before && isPresent(before)) return false;
    }
    const { wildcard } = this;
    if (wildcard && live.wildcard) return isSchemaSubtype(typer, live.wildcard.type, wildcard.type);
    return wildcard ? !isWildcardPresent(wildcard) : !live.wildcard;
  }

  get({ elements }: FieldPath): ShapeField | Missing {
    let { fields } = this;
    for (const { key } of elements.slice(0, -1)) {
      const field = fields.get(String(key));
      if (field?.value.kind !== 'record' || field.source.kind !== 'schema') return 'not found';
      if (field.value.hasWildcard) return 'beside a wildcard';
      fields = field.value.fields;
    }
    return fields.get(String(elements.at(-1)?.key)) ?? 'not found';
  }

  /** Sets the field at a path. A path into what is no object is ignored: the shapes are then found incompatible. */
  put({ elements }: FieldPath, field: ShapeField): void {
    let { fields } = this;
    for (const { key } of elements.slice(0, -1)) {
      const parent = fields.get(String(key));
      if (parent?.value.kind !== 'record') return;
      fields = parent.value.fields;
    }
    fields.set(String(elements.at(-1)?.key), field);
  }
}

// Whether all that is in an object has been added.
function isAdded({ source, value }: ShapeField): boolean {
  if (source.kind === 'add') return true;
  return (
    source.kind === 'schema' &&
    value.kind === 'record' &&
    !value.hasWildcard &&
    [...value.fields.values()].every(isAdded)
  );
}

const copied = (fields: Fields): Fields =>
  new Map(
    [...fields].map(([name, field]) => {
      const { value } = field;
      return [name, value.kind === 'record' ? { ...field, value: { ...value, fields: copied(value.fields) } } : field];
    }),
  );

/**
 * The shape of a collection. The names in the types of the live schema may be gone by now, so it is not `checked`.
 */
export function shapeOf(
  typer: Typer,
  { fields }: Pick<CollectionItem, 'fields'>,
  checked: boolean,
): CollectionShape | readonly Diagnostic[] {
  const errors: Diagnostic[] = [];
  const typed = (type: TypeExpression): Term => {
    if (!checked) return uncheckedType(type);
    const found = checkedType(typer, type, { level: 0, allowsParameters: true });
    errors.push(...found.problems.map(diagnosticOf));
    return found.type;
  };
  const fieldOf = (name: Name, type: TypeExpression, defaultValue: Expression | undefined): ShapeField => {
    const source: FieldSource = { kind: 'schema', default: defaultValue };
    if (type.kind !== 'objectType' || type.open) return { name, value: valueOfType(typed(type), source), source };
    const inner = new Map(type.fields.map((each) => [each.name.text, fieldOf(each.name, each.type, each.default)]));
    return {
      name,
      value: { kind: 'record', fields: inner, hasWildcard: type.wildcard !== undefined, span: type.span },
      source,
    };
  };
  const defined: Fields = new Map();
  let wildcard: ShapeWildcard | undefined;
  for (const field of fields) {
    if (field.kind === 'defined')
      defined.set(field.name.text, fieldOf(field.name, field.type, field.default?.expression));
    if (field.kind === 'wildcard') wildcard = { type: typed(field.type), source: 'schema', span: field.span };
  }
  if (defined.size === 0) wildcard ??= { type: any(), source: 'implicit', span: NULL_SPAN };
  return errors.length > 0 ? errors : new CollectionShape(defined, wildcard);
}

function valueOfType(type: Term, source: FieldSource): FieldValue {
  if (type.k !== 'record') return literalValue(type);
  const fields: Fields = new Map();
  for (const [name, each] of type.fields) {
    fields.set(name, { name: { text: name, span: NULL_SPAN }, value: valueOfType(each, source), source });
  }
  return { kind: 'record', fields, hasWildcard: type.wildcard !== undefined, span: type.span };
}
