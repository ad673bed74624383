// Explains why documents of the live schema do not fit the submitted one.
import { type Diagnostic, error, type Hint, hint } from '../parse/diagnostic.js';
import type { CollectionItem } from '../parse/schema-ast.js';
import { displayValue } from '../types/simplify.js';
import { diff } from '../types/terms.js';
import type { Typer } from '../types/typer.js';
import {
  type CollectionShape,
  isNullable,
  isPresent,
  isSubtype,
  isWildcardPresent,
  type ShapeField,
  typeOf,
} from './shape.js';
import { beforeEnd, endOf, startOf, suggestion, textOfPath } from './texts.js';

/** @param target the submitted shape, with what taking back its migrations has shown of its fields */
export function explain(
  typer: Typer,
  item: CollectionItem,
  target: CollectionShape,
  live: CollectionShape,
): readonly Diagnostic[] {
  const errors = [
    ...[...live.fields.values()].flatMap((field) => explainLiveField(typer, item, field, target)),
    ...[...target.fields.values()]
      .filter(({ name }) => !live.fields.has(name.text))
      .flatMap((field) => explainNewField(typer, item, field)),
    ...explainWildcard(item, target, live),
  ];
  return errors.length > 0 ? errors : [error('Submitted schema is not compatible with the live schema', item.span)];
}

const withHints = (message: string, span: Diagnostic['span'], ...hints: readonly Hint[]): Diagnostic =>
  error(message, span, { hints });

function explainLiveField(
  typer: Typer,
  item: CollectionItem,
  live: ShapeField,
  target: CollectionShape,
): readonly Diagnostic[] {
  const name = live.name.text;
  const field = target.fields.get(name);
  const inLive = `Field \`.${name}\` is in the live schema, so it cannot be added or backfilled`;
  if (!field) {
    const drop = 'Drop the field and its data with a `drop` migration';
    return [
      withHints(
        `Field \`.${name}\` is missing from the submitted schema`,
        item.span,
        suggestion(item, beforeEnd(item.span), drop, [`drop .${name}`]),
      ),
    ];
  }
  if (!isPresent(field)) return [error(inLive, field.name.span)];
  if (field.source.kind === 'backfill') return [error(inLive, field.source.by.span)];
  const [before, now] = [typeOf(live), typeOf(field)];
  if (isSubtype(typer, before, now)) return [];
  const rest = displayValue(typer, diff(before, now));
  const split = `tmp: ${rest}\n  migrations {\n    split .${name} -> .${name}, .tmp\n  }\n`;
  const [liveType, type] = [displayValue(typer, before), displayValue(typer, now)];
  return [
    withHints(
      `Field \`.${name}\` of type \`${type}\` does not match the live type \`${liveType}\``,
      now.span,
      hint('Add a migration to split the invalid types into another field', startOf(live.name.span), split),
    ),
  ];
}

function explainNewField(typer: Typer, item: CollectionItem, field: ShapeField): readonly Diagnostic[] {
  const { text, span } = field.name;
  if (field.source.kind === 'drop') {
    return [error(`Field \`.${text}\` was dropped but it doesn't exist in the live schema`, span)];
  }
  if (field.source.kind !== 'schema') return [];
  if (field.source.default !== undefined || isNullable(typer, typeOf(field))) {
    const add = suggestion(item, beforeEnd(item.span), 'Provide an `add` migration for this field', [`add .${text}`]);
    return [withHints(`Field \`.${text}\` is not present in the live schema`, span, add)];
  }
  const missing = notAdded(field, []);
  const [path, at] = missing.length === 1 && missing[0] ? missing[0] : [[text], field];
  const name = at.name.text;
  const { span: typeSpan } = typeOf(at);
  const add = `migrations {\n    add .${name}\n    backfill .${name} = <expr>\n  }\n`;
  const pathText = textOfPath({ elements: path.map((key) => ({ key, span })) });
  return [
    withHints(
      `Field \`${pathText}\` is not present in the live schema`,
      at.name.span,
      hint('Provide an `add` migration for this field', startOf(at.name.span), add),
      hint('Add a default value to this field', endOf(typeSpan), ' = <expr>'),
      hint('Make the field nullable', endOf(typeSpan), '?'),
    ),
  ];
}

/** The fields inside of a field that no statement adds. */
function notAdded(
  field: ShapeField,
  outer: readonly string[],
): readonly (readonly [path: readonly string[], ShapeField])[] {
  const { source, value } = field;
  const path = [...outer, field.name.text];
  if (source.kind === 'add') return [];
  if (source.kind !== 'schema' || value.kind !== 'record') return [[path, field]];
  return value.hasWildcard ? [] : [...value.fields.values()].flatMap((each) => notAdded(each, path));
}

function explainWildcard(item: CollectionItem, target: CollectionShape, live: CollectionShape): readonly Diagnostic[] {
  if (!target.wildcard && live.wildcard) {
    // There is a field, or else there would be a wildcard.
    const [first] = target.fields.values();
    const at = startOf(first?.name.span ?? item.span);
    const back = '*: Any\n';
    if (live.wildcard.source === 'implicit') {
      const why =
        'Collections with no fields defined allow arbitrary fields by default. To keep this behavior, add a wildcard declaration to the schema definition';
      return [withHints('Missing wildcard definition', item.span, hint(why, at, back))];
    }
    return [
      withHints(
        'Missing wildcard definition',
        item.span,
        hint('Add the wildcard back', at, back),
        suggestion(item, at, 'Move the extra fields with a `move_wildcard` migration', ['move_wildcard .conflicts']),
        suggestion(item, at, 'Drop the extra fields with a `move_wildcard` and `drop` migration', [
          'move_wildcard .conflicts',
          'drop .conflicts',
        ]),
      ),
    ];
  }
  if (!target.wildcard || live.wildcard || !isWildcardPresent(target.wildcard)) return [];
  if (target.wildcard.source === 'implicit') {
    const message =
      'All fields from the live schema are dropped, reintroducing the implicit wildcard that requires an `add_wildcard` migration. Are you sure you meant to do this?';
    return [error(message, item.span)];
  }
  const add = 'Add the wildcard with an `add_wildcard` migration';
  return [
    withHints(
      'Wildcard was not present in the live schema',
      target.wildcard.span,
      suggestion(item, beforeEnd(item.span), add, ['add_wildcard']),
    ),
  ];
}
