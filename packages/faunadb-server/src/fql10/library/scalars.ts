import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { Absent, type Method, Table, types } from '../evaluate/members.js';
import { debugText } from '../evaluate/text.js';
import { Bytes, EventSource, type FunctionValue, Id, Null, SetCursor, Uuid, type Value } from '../evaluate/values.js';
import type { Span } from '../parse/span.js';
import { LibraryModule, shown } from './base.js';

const other = ['other', types.boolean] as const;
export const booleanTable = new Table<boolean>(shown)
  .operator('||', [other], (_, self, value) => self || value)
  .operator('&&', [other], (_, self, value) => self && value)
  .operator('!', [], (_, self) => !self);

class NullTable extends Table<Null> {
  override getField(context: Context, self: Null, name: string, span: Span): Value | Absent {
    return this.methods.has(name) ? super.getField(context, self, name, span) : new Absent(self.cause);
  }
  override getMethod(_context: Context, self: Null, name: string): Method | Absent | undefined {
    return this.methods.get(name) ?? new Absent(self.cause);
  }
}
export const nullTable = new NullTable(shown).indexed(['key', types.any], (_, self) => new Absent(self.cause));

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Decodes base64; `undefined` if the text is not valid. */
export function bytesOf(text: string): Bytes | undefined {
  if (!BASE64.test(text) || text.length % 4 === 1) return undefined;
  if (text.endsWith('=') && text.length % 4 !== 0) return undefined;
  return new Bytes(Buffer.from(text, 'base64'));
}
function fromBase64(context: Context, text: string): Bytes {
  const bytes = bytesOf(text);
  if (bytes === undefined) throw errors.invalidArgument('encoded', 'expected base64 encoded text', context.trace);
  return bytes;
}
const encoded = ['encoded', types.string] as const;
export const bytesTable = new Table<Bytes>(shown).method('toBase64', [], (_, { bytes }) =>
  Buffer.from(bytes).toString('base64'),
);
export const uuidTable = new Table<Uuid>(shown);
export const idTable = new Table<Id>(shown);
export const cursorTable = new Table<SetCursor>(shown);
export const functionTable = new Table<FunctionValue>(shown);

const identified = (context: Context, _: Value, value: Value): Id => {
  const id = types.id.cast(value);
  if (id === undefined) throw errors.invalidId(debugText(context, value), context.trace);
  return id;
};

export const scalarModules = [
  new LibraryModule('Boolean', (value) => typeof value === 'boolean'),
  new LibraryModule('Null', (value) => value instanceof Null),
  new LibraryModule('UUID', (value) => value instanceof Uuid),
  new LibraryModule('SetCursor', (value) => value instanceof SetCursor),
  new LibraryModule('EventSource', (value) => value instanceof EventSource),
  new LibraryModule('Bytes', (value) => value instanceof Bytes).define((table) => {
    table
      .call([encoded], (context, _, text) => fromBase64(context, text))
      .method('fromBase64', [encoded], (context, _, text) => fromBase64(context, text));
  }),
  new LibraryModule('ID', (value) => value instanceof Id).define((table) => {
    table.call([['id', types.string]], identified).call([['id', types.number]], identified);
  }),
];
