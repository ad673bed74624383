import type { Context } from '../evaluate/context.js';
import { noteReadOf } from '../evaluate/coverage.js';
import { allFields } from '../evaluate/documents.js';
import { errors, type Frame, nullFailure } from '../evaluate/failures.js';
import { Table, types } from '../evaluate/members.js';
import { displayText } from '../evaluate/text.js';
import { Doc, isArray, Module, Null, Struct, typeName, type Value } from '../evaluate/values.js';
import type { Span } from '../parse/span.js';
import { base, LibraryModule } from './base.js';

class StructTable extends Table<Struct> {
  override getField(context: Context, self: Struct, name: string, span: Span): Value {
    if (this.fields.has(name) || this.methods.has(name)) return super.getField(context, self, name, span) as Value;
    return fieldOf(context, self, name, span);
  }
}
export const structTable = new StructTable(base).indexed(['key', types.string], (context, self, key, span) =>
  fieldOf(context, self, key, span),
);

function fieldOf(context: Context, self: Struct, name: string, span: Span): Value {
  const value = self.fields.get(name) ?? Null.missing(self, { text: name, span });
  noteReadOf(context, self, name, span, value);
  return value;
}

// The fields of an object or a document.
function fieldsOf(context: Context, value: Value, name: string): ReadonlyMap<string, Value> {
  if (value instanceof Struct) return value.fields;
  if (value instanceof Doc) {
    const fields = allFields(context, value);
    if (fields instanceof Struct) return fields.fields;
    const failure = nullFailure((fields as Null).cause, context.trace as Frame);
    const reason = failure.message.charAt(0).toLowerCase() + failure.message.slice(1);
    throw errors.invalidArgument(name, reason, failure.trace, failure.hints);
  }
  throw errors.invalidArgument(name, 'expected either an object or a document', context.trace);
}

function entriesOf(context: Context, entries: readonly Value[]): Struct {
  const fields = new Map<string, Value>();
  const wrong = (reason: string) => errors.invalidArgument('entries', reason, context.trace);
  entries.forEach((entry, i) => {
    if (!isArray(entry)) {
      throw wrong(
        `expected an array for each element of the outer array, but saw type ${typeName(entry)} at index ${i}`,
      );
    }
    if (entry.length !== 2)
      throw wrong(`expected inner array of length 2 but saw length ${entry.length} at index ${i}`);
    const [key, value] = entry as [Value, Value];
    if (typeof key !== 'string') {
      throw wrong(
        `expected a string for the first element of each inner array, but saw type ${typeName(key)} at index ${i}`,
      );
    }
    fields.set(key, value);
  });
  context.host.budget.make(fields.size);
  return new Struct(fields);
}

function selected(context: Context, object: Struct, path: readonly Value[]): Value | undefined {
  let value: Value = object;
  for (const key of path) {
    if (typeof key !== 'string') throw errors.invalidArgument('path', 'expected an array of strings', context.trace);
    const next: Value | undefined = value instanceof Struct ? value.fields.get(key) : undefined;
    if (next === undefined) return undefined;
    value = next;
  }
  return value;
}

const object = ['object', types.object] as const;
const path = ['path', types.array] as const;
export const objectModule = new LibraryModule(
  'Object',
  (value) => value instanceof Struct || value instanceof Doc || value instanceof Module,
).define((table) => {
  table
    .method('keys', [object], (context, _, value) => [...fieldsOf(context, value, 'object').keys()])
    .method('values', [object], (context, _, value) => [...fieldsOf(context, value, 'object').values()])
    .method('entries', [object], (context, _, value) => [...fieldsOf(context, value, 'object')])
    .method('fromEntries', [['entries', types.array]], (context, _, entries) => entriesOf(context, entries))
    .method(
      'assign',
      [
        ['destination', types.object],
        ['source', types.object],
      ],
      (context, _, to, from) => {
        const fields = new Map(fieldsOf(context, to, 'destination'));
        for (const [name, value] of fieldsOf(context, from, 'source')) fields.set(name, value);
        context.host.budget.make(fields.size);
        return new Struct(fields);
      },
    )
    .method(
      'select',
      [['object', types.struct], path],
      (context, _, value, keys) =>
        selected(context, value, keys) ?? Null.noElement('no value in object found at path', context.span),
    )
    .method(
      'hasPath',
      [['object', types.struct], path],
      (context, _, value, keys) => selected(context, value, keys) !== undefined,
    )
    .method('toString', [['object', types.any]], (context, _, value) => displayText(context, value));
});
export const structModule = new LibraryModule('Struct', (value) => value instanceof Struct);
