import { NATIVE } from '../../values/ids.js';
import { createDocument, deleteDocument, type Mode, writeDocument } from '../documents/write.js';
import type { Collection } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { documentField, guardFromNull } from '../evaluate/documents.js';
import { errors } from '../evaluate/failures.js';
import { Absent, type Method, Table, types } from '../evaluate/members.js';
import { displayText } from '../evaluate/text.js';
import { Doc, Module, NO_ID, Ref, type Value } from '../evaluate/values.js';
import type { Span } from '../parse/span.js';
import { allRange, IndexSet } from '../sets/index-set.js';
import { base } from './base.js';
import { hintScan } from './hints.js';
import { firstWhere, whereSet } from './sets.js';

/** A collection as a module, which creates and finds documents. */
export abstract class CollectionModule extends Module {
  override readonly table: Table<Value> = new Table<Value>(base);

  constructor(
    override readonly name: string,
    readonly collection: Collection,
  ) {
    super();
  }

  get id(): number {
    return this.collection.id;
  }
  /** Whether its documents are identified by name instead of id. */
  get isNamed(): boolean {
    return this.collection.isNamed;
  }
  override contains(value: Value): boolean {
    return value instanceof Doc && value.ref.collection === this.id;
  }
  /** The id of a schema document by its name. */
  idOf(context: Context, name: string): bigint | undefined {
    return context.host.model.schema(context.host.auth.scope).written.idOf(this.id, name);
  }
}

const predicate = ['pred', types.function] as const;
const data = ['data', types.struct] as const;

const all = (context: Context, module: CollectionModule, action: string, args: readonly Value[] = []): IndexSet => {
  context.require('read', action);
  const range = args.length === 0 ? {} : allRange(context, module, args[0] as Value);
  return IndexSet.all(context, module, args, range);
};

/** Adds the members of all collections. */
export function addCollectionMembers(table: Table<Value>, module: CollectionModule): void {
  table
    .method('all', [], (context) => all(context, module, '`all`'))
    .method('all', [['range', types.any]], (context, _, range) => all(context, module, '`all`', [range]))
    .method('where', [predicate], (context, _, fn) => {
      hintScan(context, module.name, 'where');
      return whereSet(context, all(context, module, '`where`'), fn);
    })
    .method('firstWhere', [predicate], (context, _, fn) => {
      hintScan(context, module.name, 'firstWhere');
      return firstWhere(context, all(context, module, '`firstWhere`'), fn);
    })
    .method('create', [data], (context, _, fields) => createDocument(context, module.collection, 'fields', fields))
    .method('toString', [], (context, self) => displayText(context, self));
}

/** Adds the members that find documents by id. */
export function addIdMembers(table: Table<Value>, module: CollectionModule): void {
  const byId = (context: Context, id: bigint) =>
    new Doc(new Ref(context.host.auth.scope, module.id, id), undefined, context.host.validTime);
  table
    .method('byId', [['id', types.id]], (context, _, id) => {
      context.require('read', '`byId`');
      return byId(context, id.value);
    })
    .call([['id', types.id]], (context, _, id) => byId(context, id.value));
}

/** Adds the members that find documents by name. */
export function addNameMembers(table: Table<Value>, module: CollectionModule): void {
  table.method('byName', [['name', types.string]], (context, _, name) => {
    context.require('read', '`byName`');
    const id = module.idOf(context, name) ?? NO_ID;
    return new Doc(new Ref(context.host.auth.scope, module.id, id), name, context.host.validTime);
  });
}

/** The members of documents, beside their fields. */
export class DocumentTable extends Table<Doc> {
  #guarded<T>(context: Context, self: Doc, name: string, get: () => T): T | Absent {
    if (name === 'exists') return get();
    const cause = guardFromNull(context, self, 'Reading a field');
    return cause ? new Absent(cause) : get();
  }

  override getField(context: Context, self: Doc, name: string, span: Span): Value | Absent {
    if (!this.fields.has(name) && !this.methods.has(name)) return documentField(context, self, name, span);
    return this.#guarded(context, self, name, () => super.getField(context, self, name, span));
  }

  override getMethod(context: Context, self: Doc, name: string): Method | Absent | undefined {
    return this.#guarded(context, self, name, () => this.methods.get(name));
  }
}

export function addDocumentMembers(table: DocumentTable): DocumentTable {
  const write = (how: 'update' | 'replace', mode: Mode) => (context: Context, self: Doc, fields: Value) =>
    writeDocument(context, self, how, mode, fields as never);
  table
    .indexed(['key', types.string], (context, self, key, span) => table.getField(context, self, key, span))
    .method('exists', [], (context, self) => guardFromNull(context, self, '`exists`') === undefined)
    .method('update', [data], write('update', 'fields'))
    .method('replace', [data], write('replace', 'fields'))
    .method('delete', [], (context, self) => deleteDocument(context, self));
  return table;
}

/** The documents of native collections. */
export const nativeDocumentTable = addDocumentMembers(new DocumentTable(base));

/** Documents of user-defined collections, whose fields may have the names of members. */
export const userDocumentTable: DocumentTable = addDocumentMembers(new DocumentTable(base));
userDocumentTable
  .method('updateData', [data], (context, self, fields) => writeDocument(context, self, 'update', 'data', fields))
  .method('replaceData', [data], (context, self, fields) => writeDocument(context, self, 'replace', 'data', fields));

/** The error if no document has a name. */
export const unknownName = (context: Context, argument: string, what: string, name: string, isNew: boolean) =>
  errors.invalidArgument(
    argument,
    `No such user ${what} \`${name}\`.`,
    context.trace,
    isNew
      ? [{ name: 'hint', message: `A ${what} cannot be created and used in the same query.`, span: context.span }]
      : [],
  );

export { NATIVE };
