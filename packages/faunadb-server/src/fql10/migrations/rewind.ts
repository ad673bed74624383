// Takes the migrations of a submitted schema back, from the last to the first, and so finds the shape that documents must
// have before them, and the steps that lead from there to the submitted schema.
import type { Expression, FieldPath, Name } from '../parse/ast.js';
import { type Diagnostic, error, type Hint, hint } from '../parse/diagnostic.js';
import type { CollectionItem, MigrationItem } from '../parse/schema-ast.js';
import { NULL_SPAN } from '../parse/span.js';
import { constrain } from '../types/constrain.js';
import { ExpressionTyper } from '../types/expressions.js';
import { diagnosticOf } from '../types/problem.js';
import { displayValue } from '../types/simplify.js';
import { any, nullType, record, type Term, union } from '../types/terms.js';
import type { Typer } from '../types/typer.js';
import {
  type CollectionShape,
  type ItemOf,
  isNullable,
  isOptional,
  isPresent,
  isSchemaSubtype,
  isWildcardPresent,
  literalValue,
  type ShapeField,
  typeOf,
} from './shape.js';
import { beforeEnd, endOf, suggestion, textOfExpression, textOfPath } from './texts.js';

/** One step from the shape before to the shape after. */
export type SchemaMigration =
  | {
      readonly kind: 'add';
      readonly path: FieldPath;
      readonly type: Term;
      readonly value: Expression | undefined;
    }
  | { readonly kind: 'drop'; readonly path: FieldPath }
  | { readonly kind: 'move'; readonly path: FieldPath; readonly to: FieldPath }
  | { readonly kind: 'split'; readonly path: FieldPath; readonly targets: readonly SplitTarget[] }
  | { readonly kind: 'move_conflicts'; readonly into: FieldPath }
  | { readonly kind: 'move_wildcard'; readonly into: FieldPath; readonly keep: readonly string[] }
  | { readonly kind: 'add_wildcard' };

export interface SplitTarget {
  readonly path: FieldPath;
  readonly type: Term;
  readonly value: Expression | undefined;
}

const nameOf = ({ elements, span }: FieldPath): Name => {
  const last = elements.at(-1);
  return { text: String(last?.key ?? ''), span: last?.span ?? span };
};
const parentOf = ({ elements, span }: FieldPath): FieldPath | undefined =>
  elements.length > 1 ? { elements: elements.slice(0, -1), span } : undefined;
const samePath = (a: FieldPath, b: FieldPath): boolean =>
  a.elements.length === b.elements.length && a.elements.every(({ key }, i) => key === b.elements[i]?.key);

export class Rewinding {
  readonly errors: Diagnostic[] = [];
  readonly migrations: SchemaMigration[] = [];
  /** Whether a later statement takes the conflicts of added fields. */
  #movesConflicts = false;

  constructor(
    readonly typer: Typer,
    readonly target: CollectionItem,
    readonly shape: CollectionShape,
  ) {}

  run(items: readonly MigrationItem[]): void {
    for (const item of [...items].reverse()) this.#rewind(item);
    for (const item of items) {
      if (item.kind !== 'backfill') continue;
      const field = this.shape.get(item.path);
      if (typeof field === 'string' || field.source.kind !== 'backfill') continue;
      const text = textOfPath(item.path);
      this.#error(
        `Field \`${text}\` is backfilled without being declared by an \`add\` or \`split\` migration`,
        item.span,
      );
    }
  }

  #error(message: string, span: Diagnostic['span'], hints: readonly Hint[] = []): undefined {
    this.errors.push(error(message, span, hints.length === 0 ? {} : { hints }));
  }

  #step(migration: SchemaMigration): void {
    this.migrations.unshift(migration);
  }

  #rewind(item: MigrationItem): undefined {
    switch (item.kind) {
      case 'backfill':
        return this.#backfill(item);
      case 'drop':
        return this.#drop(item);
      case 'move':
        return this.#move(item);
      case 'split':
        return this.#split(item);
      case 'add':
        return this.#add(item);
      case 'move_conflicts':
        return this.#moveConflicts(item);
      case 'move_wildcard':
        return this.#moveWildcard(item);
      case 'add_wildcard':
        return this.#addWildcard(item);
    }
  }

  // An earlier statement must add the field.
  #backfill(item: ItemOf<'backfill'>): undefined {
    const { path, value, span } = item;
    const text = textOfPath(path);
    const field = this.shape.get(path);
    if (field === 'not found') {
      return this.#error(`Cannot backfill field \`${text}\`, as it is not in the submitted schema`, path.span);
    }
    if (field === 'beside a wildcard') {
      const message = `Cannot backfill field, as there is a wildcard in the same struct as \`${text}\``;
      return this.#error(message, path.span);
    }
    this.#checkBackfill(value, typeOf(field));
    switch (field.source.kind) {
      case 'backfill':
        return this.#error(`Cannot backfill field \`${text}\` multiple times`, field.source.by.path.span, [
          hint('Earlier backfill defined here', path.span),
          hint('Delete the later backfill', field.source.by.span, ''),
        ]);
      case 'splitInto': {
        const { by, target } = field.source;
        const message = `Cannot split field \`${text}\`: cannot split into a field after it's backfilled`;
        return this.#error(message, path.span, [
          hint('Field is an output of a split', target.span),
          hint('Move the backfill after the split', by.span, `backfill ${text} = ${textOfExpression(value)}`),
          hint('Remove the backfill', span, ''),
          hint('Remove the split', by.span, ''),
        ]);
      }
      case 'add':
        return this.#error(`Cannot add field \`${text}\` after it's backfilled`, field.source.by.span, [
          hint('Field backfilled here', span),
        ]);
      default:
        if (!isPresent(field)) {
          // The message lacks a backtick, as FaunaDB's does.
          return this.#error(`Cannot backfill field \`${text}, as it is not in the submitted schema`, path.span);
        }
        this.shape.put(path, { ...field, source: { kind: 'backfill', by: item } });
    }
  }

  #checkBackfill(value: Expression, type: Term): void {
    const { typer } = this;
    const found = new ExpressionTyper(typer).type(value, { scope: undefined, level: 0 });
    const [first, ...rest] = [
      ...found.problems,
      ...constrain(typer, found.type, type, { span: value.span, level: 0, scope: undefined }),
    ];
    if (!first) return;
    const hints = [...first.hints, hint('Field type defined here', type.span)];
    this.errors.push(...[{ ...first, hints }, ...rest].map(diagnosticOf));
  }

  #drop(item: ItemOf<'drop'>): undefined {
    const { path } = item;
    const text = textOfPath(path);
    this.#step({ kind: 'drop', path });
    const field = this.shape.get(path);
    if (typeof field !== 'string' && isPresent(field)) {
      const message = `Cannot drop field \`${text}\`. Dropped fields must be removed from schema`;
      return this.#error(message, path.span, [hint('Field defined here', field.name.span)]);
    }
    const parentPath = parentOf(path);
    const parent = parentPath && this.shape.get(parentPath);
    if (typeof parent === 'string') {
      return this.#error(`Cannot drop field \`${text}\`, as the parent object was removed`, path.span);
    }
    if (parent && parent.value.kind !== 'record') {
      return this.#error(`Cannot drop field \`${text}\`, as the parent is not an object`, path.span);
    }
    this.shape.put(path, { name: nameOf(path), value: literalValue(any()), source: { kind: 'drop', by: item } });
  }

  // What a field has that is filled later goes back with it.
  #move(item: ItemOf<'move'>): undefined {
    const { path, to, span } = item;
    const text = textOfPath(path);
    const target = this.shape.get(to);
    if (target === 'not found') {
      return this.#error(`Cannot move field \`${text}\`, as it is not in the live schema`, path.span);
    }
    if (target === 'beside a wildcard') {
      const message = `Cannot move field \`${textOfPath(to)}\` into a struct with a wildcard definition`;
      return this.#error(message, to.span);
    }
    if (samePath(path, to)) {
      return this.#error('Cannot move a field to itself', path.span, [hint('Remove the futile `move`', span, '')]);
    }
    const field = this.shape.get(path);
    if (field === 'beside a wildcard') {
      this.#error(`Cannot move field \`${text}\` out of a struct with a wildcard definition`, path.span);
    } else if (typeof field !== 'string' && isPresent(field)) {
      if (!isOptional(this.typer, field)) {
        const add = `To move \`${text}\` to \`${textOfPath(to)}\` and add a new field named \`${field.name.text}\`, add an \`add\` migration`;
        this.#error(`Cannot move field \`${text}\`, as it is in the submitted schema`, path.span, [
          hint('Field defined here', field.name.span),
          hint(add, endOf(to.span), `\n    add ${text}`),
        ]);
      } else if (field.source.kind === 'schema' && field.source.default !== undefined) {
        this.#step({ kind: 'add', path, type: typeOf(field), value: field.source.default });
      }
    }
    const movedInto: ShapeField = { ...target, source: { kind: 'movedInto', by: item } };
    const parentPath = parentOf(path);
    const parent = parentPath && this.shape.get(parentPath);
    if (typeof parent === 'string') {
      this.#error(`Cannot move field \`${text}\`, as the parent object was removed.`, path.span);
    } else if (parent && parent.value.kind === 'literal' && parent.source.kind !== 'drop') {
      this.#error(`Cannot move field \`${text}\`, as the parent value is not an object.`, path.span);
    } else {
      this.#step({ kind: 'move', path, to });
      this.shape.put(path, { ...target, name: nameOf(path) });
    }
    this.shape.put(to, movedInto);
  }

  // A split adds the fields that it fills, and may leave its source empty: all of them may need values.
  #split(item: ItemOf<'split'>): undefined {
    const { path, into, span } = item;
    if (into.length < 2) {
      return this.#error('Cannot split field: expected at least two fields to split into', span);
    }
    this.#checkSplitSource(item);
    const targets: SplitTarget[] = [];
    const types: Term[] = [];
    for (const target of into) {
      const field = this.shape.get(target);
      if (field === 'not found') {
        this.#error(`Cannot split field, as \`${textOfPath(target)}\` is not in the submitted schema`, target.span);
        types.push(any());
        continue;
      }
      if (field === 'beside a wildcard') {
        const message = `Cannot split into field \`${textOfPath(target)}\`, which is in a struct with a wildcard definition`;
        this.#error(message, target.span);
        continue;
      }
      this.#checkSplitTarget(field, target);
      const value = this.#takeBackfill(field, target);
      types.push(typeOf(field));
      this.shape.put(target, { ...field, source: { kind: 'splitInto', by: item, target } });
      targets.push({ path: target, type: typeOf(field), value });
    }
    this.#step({ kind: 'split', path, targets });
    for (let i = 1; i < path.elements.length; i++) {
      const parent = this.shape.get({ elements: path.elements.slice(0, i), span: NULL_SPAN });
      if (typeof parent === 'string' || parent.value.kind !== 'record') return;
    }
    // Each value of the field must have a place among the targets.
    const type = union([...types.flatMap((each) => (each.k === 'union' ? each.variants : [each])), nullType()]);
    this.shape.put(path, { name: nameOf(path), value: literalValue(type), source: { kind: 'split', by: item } });
  }

  #checkSplitSource({ path, into, span }: ItemOf<'split'>): void {
    const field = this.shape.get(path);
    if (field === 'beside a wildcard') {
      const text = textOfPath(path);
      this.#error(`Cannot split field \`${text}\`, which is in a struct with a wildcard definition`, path.span);
      return;
    }
    if (field === 'not found' || !isPresent(field) || into.some((target) => samePath(target, path))) return;
    const { source } = field;
    if (source.kind === 'schema' || source.kind === 'backfill') {
      this.#error('Cannot split field: field is still present in submitted schema', path.span, [
        hint('Field defined here', field.name.span),
      ]);
    } else if (source.kind === 'split') {
      this.#error('Cannot split field twice', source.by.path.span, [
        hint('Field is also split here', path.span),
        hint('Remove this split', span, ''),
        hint('Remove the later split', source.by.span, ''),
      ]);
    } else if (source.kind === 'drop') {
      this.#error('Cannot drop field that was split', path.span, [hint('Remove the `drop`', source.by.span, '')]);
    }
  }

  #checkSplitTarget({ source }: ShapeField, target: FieldPath): void {
    if (source.kind === 'add') {
      this.#error('Cannot add a field that is also created by a split', target.span, [
        hint('Field is added here', source.by.path.span),
        hint('Remove the add', source.by.span, ''),
      ]);
    } else if (source.kind === 'splitInto') {
      this.#error('Cannot split into a field that is already split into', source.target.span, [
        hint('Field is also split into here', target.span),
        hint('Remove the later split', source.by.span, ''),
      ]);
    } else if (source.kind === 'movedInto') {
      this.#error('Cannot move into a field that is also a split target', source.by.span);
    }
  }

  #add(item: ItemOf<'add'>): undefined {
    const { path, span } = item;
    const text = textOfPath(path);
    const field = this.shape.get(path);
    if (field === 'not found') {
      return this.#error(`Cannot add field, as \`${text}\` is not in the submitted schema`, path.span);
    }
    if (field === 'beside a wildcard') {
      return this.#error(`Cannot add field, as there is a wildcard in the same struct as \`${text}\``, path.span);
    }
    const { source } = field;
    if (source.kind === 'splitInto') {
      const message = `Cannot split field: field \`${text}\` cannot both be added and be a split output`;
      return this.#error(message, path.span, [
        hint('Field is an output of a split', source.target.span),
        hint('Remove the add', span, ''),
        hint('Remove the split', source.by.span, ''),
      ]);
    }
    if (source.kind === 'add') {
      return this.#error(`Cannot add field \`${text}\` twice`, source.by.path.span, [
        hint('Field added here', path.span),
        hint('Remove the extra add', source.by.span, ''),
      ]);
    }
    if (source.kind === 'movedInto') {
      return this.#error(`Cannot move into field \`${text}\` as it was also added`, source.by.span, [
        hint('Field moved into here', source.by.to.span),
        hint('Remove the add', span, ''),
        hint('Remove the move', source.by.span, ''),
      ]);
    }
    const value = this.#takeBackfill(field, path);
    const { wildcard } = this.shape;
    const isBesideWildcard = wildcard !== undefined && path.elements.length === 1;
    if (!isBesideWildcard || this.#movesConflicts) {
      this.#step({ kind: 'add', path, type: typeOf(field), value });
    } else if (!isSchemaSubtype(this.typer, union([wildcard.type, nullType()]), typeOf(field))) {
      // Documents may have a field of this name already.
      this.#error(`Cannot add field, as \`${text}\` conflicts with the wildcard`, path.span, [
        hint('Add a `move_conflicts` migration', endOf(span), '\n    move_conflicts .conflicts'),
      ]);
    }
    this.shape.put(path, { ...field, source: { kind: 'add', by: item } });
  }

  #moveConflicts({ into }: ItemOf<'move_conflicts'>): undefined {
    const { wildcard } = this.shape;
    const text = textOfPath(into);
    if (!wildcard || !isWildcardPresent(wildcard)) {
      const afterFields = endOf(this.target.fields.at(-1)?.span ?? this.target.span);
      return this.#error('Cannot move wildcard conflicts, as there is no wildcard in the submitted schema', into.span, [
        hint('Add a wildcard constraint', afterFields, '\n  *: Any'),
        suggestion(
          this.target,
          beforeEnd(this.target.span),
          'Move the extra fields into a conflicts field with `move_wildcard`',
          [`move_wildcard ${text}`],
        ),
      ]);
    }
    const field = this.#conflictsField(into);
    const expected = union([record(new Map(), wildcard.type), nullType()]);
    const isExpected = field && this.typer.interner.of(typeOf(field)) === this.typer.interner.of(expected);
    if (field && !isExpected && field.source.kind !== 'drop') this.#wrongConflicts(into, expected);
    this.#movesConflicts = true;
    this.#step({ kind: 'move_conflicts', into });
  }

  // The field that takes what a wildcard had.
  #conflictsField(into: FieldPath): ShapeField | undefined {
    const text = textOfPath(into);
    const field = this.shape.get(into);
    if (field === 'beside a wildcard') {
      const message = `Cannot move wildcard conflicts to field, as there is a wildcard in the same struct as \`${text}\``;
      this.#error(message, into.span);
      return undefined;
    }
    if (field === 'not found' || !isPresent(field)) {
      const message = `Cannot move wildcard conflicts to field \`${text}\`, as it is not in the submitted schema`;
      this.#error(message, into.span);
      return undefined;
    }
    return field;
  }

  #wrongConflicts(into: FieldPath, expected: Term): void {
    const text = displayValue(this.typer, expected);
    this.#error(`Wildcard conflicts field must have the type \`${text}\``, into.span);
  }

  #moveWildcard({ into }: ItemOf<'move_wildcard'>): undefined {
    const { shape } = this;
    if (shape.wildcard && isWildcardPresent(shape.wildcard)) {
      return this.#error('Cannot move wildcard, as there is still a wildcard in the submitted schema', into.span);
    }
    const field = this.#conflictsField(into);
    let type: Term = any();
    if (field) {
      const inner = wildcardOf(typeOf(field));
      if (inner === undefined || inner.fields > 0) {
        if (field.source.kind !== 'drop') this.#wrongConflicts(into, union([record(new Map(), any()), nullType()]));
      }
      if (inner) type = inner.type;
    }
    const keep = [...shape.fields.values()].filter(isPresent).map(({ name }) => name.text);
    this.#step({ kind: 'move_wildcard', into, keep });
    shape.wildcard = { type, source: 'move_wildcard', span: NULL_SPAN };
  }

  #addWildcard({ span }: ItemOf<'add_wildcard'>): undefined {
    const { wildcard } = this.shape;
    if (!wildcard) return this.#error('Cannot add wildcard, as the submitted schema lacks a wildcard', span);
    if (!isWildcardPresent(wildcard)) {
      return this.#error('Cannot add a wildcard twice', wildcard.span, [
        hint('Remove the duplicate `add_wildcard` migration', wildcard.span, ''),
      ]);
    }
    this.shape.wildcard = { ...wildcard, source: 'add_wildcard', span };
    this.#step({ kind: 'add_wildcard' });
  }

  /** The value that documents without a field get; an error if it needs one and has none. */
  #takeBackfill({ source, value }: ShapeField, path: FieldPath): Expression | undefined {
    if (source.kind === 'backfill') return source.by.value;
    if (source.kind !== 'schema') return undefined;
    const type = typeOf({ value });
    if (source.default === undefined && !isNullable(this.typer, type)) {
      const text = textOfPath(path);
      const message = `Cannot declare non-nullable field \`${text}\`: it has no default and no backfill value`;
      this.#error(message, path.span, [
        hint('Make the field nullable', endOf(type.span), '?'),
        hint('Add a default value to this field', endOf(type.span), ' = <expr>'),
        suggestion(this.target, beforeEnd(this.target.span), 'Add a `backfill` migration', [
          `backfill ${text} = <expr>`,
        ]),
      ]);
    }
    return source.default;
  }
}

// The wildcard of `{ *: A } | Null`, with the number of its fields.
function wildcardOf(type: Term): { readonly type: Term; readonly fields: number } | undefined {
  if (type.k !== 'union' || type.variants.length !== 2) return undefined;
  const object = type.variants.find((each) => each.k === 'record');
  const isOptionalType = type.variants.some((each) => each.k === 'named' && each.name === 'Null');
  if (object?.k !== 'record' || !object.wildcard || !isOptionalType) return undefined;
  return { type: object.wildcard, fields: object.fields.size };
}
