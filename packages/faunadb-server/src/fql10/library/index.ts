// All global names, and the tables of members by type.

import { isUserCollection, NATIVE } from '../../values/ids.js';
import { idOf, setStaticNames } from '../documents/native-hooks.js';
import { setCollections } from '../evaluate/collection.js';
import type { Context } from '../evaluate/context.js';
import { errors, RuntimeFailure } from '../evaluate/failures.js';
import { BoundMethod, Table, types } from '../evaluate/members.js';
import { setGlobals, setSetTexts, setTables } from '../evaluate/tables.js';
import { debugText, displayText } from '../evaluate/text.js';
import {
  accepts,
  Bytes,
  DateValue,
  Doc,
  EventSource,
  type FunctionValue,
  Id,
  isArray,
  isNumeric,
  type Module,
  Null,
  Ref,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from '../evaluate/values.js';
import { UserFunctionValue, userFunction } from '../functions/user-function.js';
import { encodeCursor, setKeyOf } from '../sets/cursors.js';
import { arrayModule, arrayTable } from './arrays.js';
import { LibraryModule } from './base.js';
import { unknownName, userDocumentTable } from './collections.js';
import { math } from './math.js';
import { collectionModule, deletedModule, nativeModules, nativeTableOf } from './natives.js';
import { numberModules, numberTable } from './numbers.js';
import { objectModule, structModule, structTable } from './objects.js';
import { queryModule } from './query.js';
import {
  booleanTable,
  bytesTable,
  cursorTable,
  functionTable,
  idTable,
  nullTable,
  scalarModules,
  uuidTable,
} from './scalars.js';
import { eventSourceTable, setModule, setTable } from './sets.js';
import { stringModule, stringTable } from './strings.js';
import { dateModule, dateTable, timeModule, timeTable, transactionTimeModule, transactionTimeTable } from './times.js';
import { collectionNamed, collectionOfId } from './user-collections.js';

const documentModule = new LibraryModule('Doc', (value) => value instanceof Doc);

const modules: readonly Module[] = [
  arrayModule,
  dateModule,
  documentModule,
  math,
  ...numberModules,
  objectModule,
  setModule,
  stringModule,
  structModule,
  timeModule,
  transactionTimeModule,
  queryModule,
  ...scalarModules,
  ...nativeModules,
];

const schemaModule = new LibraryModule('Schema').define((table) => {
  table.method('defForIdentifier', [['ident', types.string]], (context, _, name) => {
    const { scope } = context.host.auth;
    for (const collection of [NATIVE.collections, NATIVE.functions]) {
      const id = idOf(context, collection, name);
      if (id !== undefined) return new Doc(new Ref(scope, collection, id));
    }
    return Null.at(context.span);
  });
});

/** The module of all global names. */
export const fqlModule = new LibraryModule('FQL');
const ordering = (name: 'asc' | 'desc') => (context: Context, _: Value, accessor: FunctionValue) => {
  if (!accepts(accessor.arity, 1)) throw errors.invalidParameterArity('accessor', 1, accessor.arity, context.trace);
  return Struct.of({ [name]: accessor });
};
const accessor = ['accessor', types.function] as const;
fqlModule.define((table) => {
  for (const module of modules) table.field(module.name, () => module);
  table.field('Credentials', () => nativeModules.find(({ name }) => name === 'Credential') as Module);
  table.field('Schema', () => schemaModule);
  table
    .variadic('log', ['args', types.any], (context, _, messages) => {
      const message = messages.map((each) => displayText(context, each)).join(' ');
      context.log({ name: 'info', message, span: context.span, brief: true });
      return Null.at(context.span);
    })
    .method('dbg', [['value', types.any]], (context, _, value) => {
      context.log({ name: 'info', message: debugText(context, value), span: context.span });
      return value;
    })
    .method('evalV4', [['expr', types.struct]], (context, self) => {
      throw errors.noFunction('evalV4', self, context.trace);
    })
    .method('asc', [accessor], ordering('asc'))
    .method('desc', [accessor], ordering('desc'))
    .method('newId', [], (context) => {
      context.require('observation', '`newId`');
      return new Id(context.host.model.nextId());
    })
    .method('abort', [['return', types.any]], (context, _, given) => {
      throw new RuntimeFailure('abort', 'Query aborted.', context.trace, { abort: { given, context } });
    });
});

const statics = new Map<string, Value>([['FQL', fqlModule]]);
for (const [name, field] of fqlModule.table.fields) {
  if (name !== 'Schema') statics.set(name, field(undefined as never, fqlModule));
}
for (const [name, method] of fqlModule.table.methods)
  if (name !== 'evalV4') statics.set(name, new BoundMethod(method, fqlModule));

/** The names that are taken. */
export const isStatic = (name: string): boolean => statics.has(name);

setStaticNames(isStatic);
setSetTexts({ cursor: encodeCursor, key: setKeyOf });
setCollections(collectionOfId, deletedModule);
setGlobals((context, name) => statics.get(name) ?? collectionNamed(context, name) ?? userFunction(context, name));

const userFunctionTable = new Table<Value>(functionTable).field(
  'definition',
  (_, self) => new Doc((self as UserFunctionValue).ref),
);

setTables((value): Table => {
  const table = tableOf(value);
  return table as unknown as Table;
});

function tableOf(value: Exclude<Value, Module>): unknown {
  if (typeof value === 'string') return stringTable;
  if (isNumeric(value)) return numberTable;
  if (typeof value === 'boolean') return booleanTable;
  if (isArray(value)) return arrayTable;
  if (value instanceof Struct) return structTable;
  if (value instanceof Doc) {
    const { collection } = value.ref;
    return isUserCollection(collection) ? userDocumentTable : nativeTableOf(collection);
  }
  if (value instanceof Null) return nullTable;
  if (value instanceof SetValue) return setTable;
  if (value instanceof Id) return idTable;
  if (value instanceof Time) return timeTable;
  if (value instanceof DateValue) return dateTable;
  if (value instanceof TransactionTime) return transactionTimeTable;
  if (value instanceof Bytes) return bytesTable;
  if (value instanceof Uuid) return uuidTable;
  if (value instanceof SetCursor) return cursorTable;
  if (value instanceof EventSource) return eventSourceTable;
  return value instanceof UserFunctionValue ? userFunctionTable : functionTable;
}

collectionModule.table.call([['collection', types.string]], (context, _, name) => {
  const found = collectionNamed(context, name);
  if (found) return found;
  throw unknownName(
    context,
    'collection',
    'collection',
    name,
    idOf(context, NATIVE.collections, name, false) !== undefined,
  );
});
