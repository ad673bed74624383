// The differences between two schemas, item by item.
import type { Expression, FieldPath, Name, TypeExpression } from '../parse/ast.js';
import type {
  Annotation,
  Config,
  ExpressionConfig,
  FieldItem,
  FunctionItem,
  FunctionSignature,
  LambdaConfig,
  Member,
  SchemaItem,
} from '../parse/schema-ast.js';
import { NULL_SPAN } from '../parse/span.js';
import { annotationsOf, codeKey, fieldsOf, membersOf } from './members.js';

/** A difference of one item. */
export type Diff =
  | { readonly kind: 'add' | 'remove'; readonly item: SchemaItem }
  | {
      readonly kind: 'modify';
      readonly before: SchemaItem;
      readonly after: SchemaItem;
      readonly changes: readonly Change[];
      /** How the documents of a collection change. */
      readonly migrations: readonly ShownMigration[];
    };

/** A change of a collection's documents; types are texts. */
export type ShownMigration =
  | { readonly kind: 'add'; readonly path: FieldPath; readonly value: Expression | undefined }
  | { readonly kind: 'drop'; readonly path: FieldPath }
  | { readonly kind: 'move'; readonly path: FieldPath; readonly to: FieldPath }
  | {
      readonly kind: 'split';
      readonly path: FieldPath;
      readonly targets: readonly {
        readonly path: FieldPath;
        readonly type: string;
        readonly value: Expression | undefined;
      }[];
    }
  | { readonly kind: 'move_conflicts'; readonly into: FieldPath }
  | { readonly kind: 'move_wildcard'; readonly into: FieldPath; readonly keep: readonly string[] }
  | { readonly kind: 'add_wildcard' };

/** The item that a difference is about; of a changed one, its earlier state. */
export const itemOf = (diff: Diff): SchemaItem => (diff.kind === 'modify' ? diff.before : diff.item);

/** A part of an item. */
export type Element =
  | { readonly kind: 'annotation'; readonly annotation: Annotation }
  | { readonly kind: 'field'; readonly field: FieldItem }
  | { readonly kind: 'member'; readonly member: Member };

export type FieldValue = ExpressionConfig | LambdaConfig;

/** A difference within an item. */
export type Change =
  | { readonly kind: 'rename'; readonly from: Name; readonly to: Name }
  | { readonly kind: 'add' | 'remove'; readonly element: Element }
  | { readonly kind: 'modify'; readonly element: Element; readonly config: Config }
  | { readonly kind: 'block'; readonly member: Member; readonly changes: readonly Change[] }
  | { readonly kind: 'body'; readonly before: Expression; readonly after: Expression }
  | { readonly kind: 'signature'; readonly before: FunctionSignature; readonly after: FunctionSignature }
  | { readonly kind: 'type'; readonly field: FieldItem; readonly after: TypeExpression }
  | { readonly kind: 'removeDefault'; readonly field: FieldItem };

/** The value of a field: a default, or the lambda that computes it. */
export const fieldValue = (field: FieldItem): FieldValue | undefined =>
  field.kind === 'defined' ? field.default : field.kind === 'computed' ? field.body : undefined;

/** What an item was called before: by `kind name`. */
export type Renames = ReadonlyMap<string, string>;
export const itemKey = (kind: string, name: string): string => `${kind} ${name}`;

/** The differences between two lists of items: what is new, what is gone, what has changed. */
export function diffItems(
  before: readonly SchemaItem[],
  after: readonly SchemaItem[],
  renames: Renames = new Map(),
): readonly Diff[] {
  const known = new Set(before.map((item) => itemKey(item.kind, item.name.text)));
  const earlier = (item: SchemaItem) => {
    const from = renames.get(itemKey(item.kind, item.name.text));
    const key = from === undefined ? undefined : itemKey(item.kind, from);
    return key !== undefined && known.has(key) ? key : itemKey(item.kind, item.name.text);
  };
  return aligned<SchemaItem, Diff>(
    before.map((item) => [itemKey(item.kind, item.name.text), item]),
    after.map((item) => [earlier(item), item]),
    (item) => [{ kind: 'add', item }],
    (item) => [{ kind: 'remove', item }],
    (one, other) => {
      const diff = diffItem(one, other);
      return diff === undefined ? [] : [diff];
    },
  );
}

/** The difference between two states of an item, if there is one. */
export function diffItem(before: SchemaItem, after: SchemaItem): (Diff & { kind: 'modify' }) | undefined {
  const changes: Change[] = [];
  if (before.name.text !== after.name.text) changes.push({ kind: 'rename', from: before.name, to: after.name });
  changes.push(...diffAnnotations(annotationsOf(before), annotationsOf(after)));
  if (before.kind === 'function' && after.kind === 'function') changes.push(...diffFunction(before, after));
  else {
    if (before.kind === 'collection') changes.push(...diffFields(wholeFields(before), wholeFields(after)));
    changes.push(...diffMembers(membersOf(before), membersOf(after)));
  }
  return changes.length === 0 ? undefined : { kind: 'modify', before, after, changes, migrations: [] };
}

/** Lists what is only in `after`, then what is only in `before`, then the differences of what is in both. */
function aligned<T, R>(
  before: readonly (readonly [key: string, each: T])[],
  after: readonly (readonly [key: string, each: T])[],
  added: (each: T) => readonly R[],
  removed: (each: T) => readonly R[],
  both: (before: T, after: T) => readonly R[],
): R[] {
  const grouped = (pairs: typeof before) => {
    const groups = new Map<string, T[]>();
    for (const [key, each] of pairs) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [each]);
      else group.push(each);
    }
    return groups;
  };
  const [one, other] = [grouped(before), grouped(after)];
  // If the same thing is there several times, it only is the same if there is the same number of it.
  const matches = (key: string) => one.get(key)?.length === other.get(key)?.length;
  return [
    ...[...other].flatMap(([key, group]) => (matches(key) ? [] : group.flatMap(added))),
    ...[...one].flatMap(([key, group]) => (matches(key) ? [] : group.flatMap(removed))),
    ...[...one].flatMap(([key, group]) =>
      matches(key) ? group.flatMap((each, i) => both(each, other.get(key)?.[i] as T)) : [],
    ),
  ];
}

const diffAnnotations = (before: readonly Annotation[], after: readonly Annotation[]): Change[] => {
  const keyed = (all: readonly Annotation[]) => all.map((each) => [each.keyword, each] as const);
  const element = (annotation: Annotation): Element => ({ kind: 'annotation', annotation });
  return aligned<Annotation, Change>(
    keyed(before),
    keyed(after),
    (each) => [{ kind: 'add', element: element(each) }],
    (each) => [{ kind: 'remove', element: element(each) }],
    (one, { config }) =>
      one.config.name.text === config.name.text ? [] : [{ kind: 'modify', element: element(one), config }],
  );
};

/** The fields of a collection. One without defined fields and wildcard accepts any. */
function wholeFields(item: SchemaItem): readonly FieldItem[] {
  const fields = fieldsOf(item);
  if (fields.some(({ kind }) => kind !== 'computed')) return fields;
  const name = { text: '*', span: NULL_SPAN };
  return [...fields, { kind: 'wildcard', name, type: { kind: 'any', span: NULL_SPAN }, span: NULL_SPAN }];
}

function diffFields(before: readonly FieldItem[], after: readonly FieldItem[]): Change[] {
  const keyed = (all: readonly FieldItem[]) => all.map((field) => [`${field.kind} ${field.name.text}`, field] as const);
  return aligned<FieldItem, Change>(
    keyed(before),
    keyed(after),
    (field) => [{ kind: 'add', element: { kind: 'field', field } }],
    (field) => [{ kind: 'remove', element: { kind: 'field', field } }],
    diffField,
  );
}

function diffField(before: FieldItem, after: FieldItem): Change[] {
  const changes: Change[] = [];
  const [was, is] = [fieldValue(before), fieldValue(after)];
  if (was !== undefined && is === undefined) changes.push({ kind: 'removeDefault', field: before });
  else if (is !== undefined && (was === undefined || codeKey(was) !== codeKey(is)))
    changes.push({ kind: 'modify', element: { kind: 'field', field: before }, config: is });
  // A type that is added to a computed field, or removed from it, is no difference.
  if (before.type !== undefined && after.type !== undefined && codeKey(before.type) !== codeKey(after.type))
    changes.push({ kind: 'type', field: before, after: after.type });
  return changes;
}

/** What identifies a member among others. */
function memberKey({ keyword, name, config }: Member): string {
  if (name !== undefined) return `${keyword} ${name.text}`;
  return keyword === 'unique' ? `${keyword} ${codeKey(config)}` : keyword;
}

/** Whether a member says what holds without it. */
const isDefault = ({ keyword, config }: Member): boolean =>
  keyword === 'history_days' && config.kind === 'integer' && config.value === 0n;

function diffMembers(before: readonly Member[], after: readonly Member[]): Change[] {
  const keyed = (all: readonly Member[]) => all.map((member) => [memberKey(member), member] as const);
  const element = (member: Member): Element => ({ kind: 'member', member });
  const unless = (member: Member, change: Change) => (isDefault(member) ? [] : [change]);
  return aligned<Member, Change>(
    keyed(before),
    keyed(after),
    (member) => unless(member, { kind: 'add', element: element(member) }),
    (member) => unless(member, { kind: 'remove', element: element(member) }),
    (one, other) => {
      if (isDefault(one) && isDefault(other)) return [];
      const [was, is] = [one.config, other.config];
      if (was.kind === 'block' && is.kind === 'block') {
        const changes = diffMembers(was.members, is.members);
        return changes.length === 0 ? [] : [{ kind: 'block', member: one, changes }];
      }
      return codeKey(was) === codeKey(is) ? [] : [{ kind: 'modify', element: element(one), config: is }];
    },
  );
}

function diffFunction(before: FunctionItem, after: FunctionItem): Change[] {
  const changes: Change[] = [];
  if (codeKey(before.signature) !== codeKey(after.signature))
    changes.push({ kind: 'signature', before: before.signature, after: after.signature });
  if (codeKey(before.body) !== codeKey(after.body))
    changes.push({ kind: 'body', before: before.body, after: after.body });
  return changes;
}
