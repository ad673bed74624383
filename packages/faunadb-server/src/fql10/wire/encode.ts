// Values on the wire. A value is first prepared, while its query can still be evaluated: documents are read, sets are read
// as pages, and both may fail. It is written when the transaction's time is known.
import { doubleText } from '@supertokens-faunadb/java/numbers';
import { dateText, timeText } from '@supertokens-faunadb/java/time';
import { AnswerSize } from '../../values/answer-size.js';
import type { Budget } from '../../values/budget.js';
import type { Context } from '../evaluate/context.js';
import { noteReturned } from '../evaluate/coverage.js';
import { allFields, referenceOf } from '../evaluate/documents.js';
import { fieldText, quoted } from '../evaluate/quoted.js';
import { base64 } from '../evaluate/text.js';
import {
  Bytes,
  DateValue,
  Doc,
  Double,
  EventSource,
  Id,
  isArray,
  LambdaValue,
  Module,
  type NamedFunction,
  Null,
  SetCursor,
  SetValue,
  Struct,
  Time,
  TransactionTime,
  Uuid,
  type Value,
} from '../evaluate/values.js';
import { encodeCursor } from '../sets/cursors.js';
import { encodeEventSource } from '../sets/event-source.js';
import { cursorOf, type PagedValue, pageValue } from '../sets/set.js';
import type { Format } from './decode.js';

/** The maximum depth of nested sets that are read. */
const SET_DEPTH = 10;

/** A value with everything needed to write it. */
export interface Ready {
  readonly value: Value;
  /** The fields of documents, or why there are none. */
  readonly documents: ReadonlyMap<Doc, Struct | Null>;
  /** The references of documents whose fields are not written. */
  readonly references: ReadonlyMap<Doc, Reference>;
  readonly pages: ReadonlyMap<SetValue, Struct>;
  /** What writing it is counted in. */
  readonly budget: Budget;
}

/** A reference: its id or name, and its collection. */
export interface Reference {
  readonly fields: Struct;
  /** Its form as code. */
  readonly text: string;
}

/** Reads everything that a value refers to. */
export function makeReady(context: Context, value: Value): Ready {
  const documents = new Map<Doc, Struct | Null>();
  const references = new Map<Doc, Reference>();
  const pages = new Map<SetValue, Struct>();
  const found: Doc[] = [];
  const gather = (each: Value, depth: number): void => {
    context.host.budget.visit();
    if (isArray(each)) for (const inner of each) gather(inner, depth);
    else if (each instanceof Struct) {
      noteReturned(context, each);
      for (const inner of each.fields.values()) gather(inner, depth);
    } else if (each instanceof Doc) found.push(each);
    else if (each instanceof SetValue && depth > 0 && !pages.has(each)) {
      const set = each as PagedValue;
      const page = pageValue(context, set.page(context, set.pageSize, undefined));
      pages.set(each, page);
      gather(page, depth - 1);
    }
  };
  gather(value, SET_DEPTH);
  const seen = new Map<string, Struct | Null>();
  for (const document of found) {
    if (documents.has(document)) continue;
    const key = keyOf(document);
    const fields =
      (document.version === undefined ? seen.get(key) : undefined) ?? (allFields(context, document) as Struct | Null);
    seen.set(key, fields);
    documents.set(document, fields);
    if (fields instanceof Struct) for (const each of fields.fields.values()) referAll(each);
    else refer(document);
  }
  function refer(document: Doc): void {
    if (!references.has(document)) references.set(document, referenceOf(context, document));
  }
  function referAll(each: Value): void {
    if (each instanceof Doc) refer(each);
    else if (isArray(each)) for (const inner of each) referAll(inner);
    else if (each instanceof Struct) for (const inner of each.fields.values()) referAll(inner);
  }
  return { value, documents, references, pages, budget: context.host.budget };
}

/** Equal for references to the same document at the same time. */
const keyOf = ({ ref, name, readTime, version }: Doc): string =>
  `${ref.collection} ${ref.id} ${name} ${readTime} ${version === undefined}`;

/**
 * Writes a value as JSON.
 *
 * @param time of the transaction, in µs, or a placeholder for it
 * @param known the time from which cursors and sources of events continue; they cannot hold a placeholder
 */
export function encodeReady(ready: Ready, format: Format, time: bigint, known = time): string {
  if (format === 'decorated') return stringJson(new Decorator(ready, time, known).write());
  return new Encoder(ready, format === 'tagged', time, known).write(ready.value, true);
}

const why = (value: Null): string => {
  switch (value.cause.kind) {
    case 'forbidden':
      return 'permission denied';
    case 'collectionDeleted':
      return 'collection deleted';
    case 'deleted':
      return 'deleted';
    default:
      return 'not found';
  }
};

// A lone surrogate is written as Java writes it.
const stringJson = (text: string): string =>
  JSON.stringify(text.isWellFormed() ? text : text.replace(LONE_SURROGATES, '?'));
const LONE_SURROGATES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

class Encoder {
  // A set is written once as its page, and as a cursor inside itself.
  readonly #open = new Set<SetValue>();
  readonly #size: AnswerSize;

  constructor(
    readonly ready: Ready,
    readonly tags: boolean,
    readonly time: bigint,
    readonly known: bigint,
  ) {
    this.#size = new AnswerSize(ready.budget);
  }

  /** @param expands whether to write documents with their fields; nested documents are references */
  write(value: Value, expands: boolean): string {
    this.ready.budget.touch();
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return this.tags ? `{"@int":"${value}"}` : String(value);
    if (typeof value === 'bigint') return this.tags ? `{"@long":"${value}"}` : String(value);
    if (value instanceof Double) return this.#double(value.value);
    if (value instanceof Null) return 'null';
    if (isArray(value)) return `[${value.map((each) => this.write(each, expands)).join(',')}]`;
    if (value instanceof Struct) return this.#struct(value, expands);
    if (value instanceof Doc) return this.#document(value, expands);
    if (value instanceof Id) return `"${value.value}"`;
    if (value instanceof Time) return this.#tag('@time', `"${timeText(value.nanos)}"`);
    if (value instanceof TransactionTime) return this.#tag('@time', `"${timeText(this.time * 1000n)}"`);
    if (value instanceof DateValue) return this.#tag('@date', `"${dateText(value.day)}"`);
    if (value instanceof Uuid) return this.#tag('@uuid', JSON.stringify(value.text));
    if (value instanceof Bytes) return this.#tag('@bytes', this.#text(base64(value)));
    if (value instanceof SetCursor) return this.#text(encodeCursor(this.ready.budget, value, this.known));
    if (value instanceof SetValue) return this.#set(value, expands);
    if (value instanceof Module) return this.#tag('@mod', JSON.stringify(value.name));
    if (value instanceof EventSource)
      return this.#tag('@stream', this.#text(encodeEventSource(this.ready.budget, value, this.known)));
    if (value instanceof LambdaValue) return '"[function <lambda>]"';
    return JSON.stringify(`[function ${(value as NamedFunction).name}()]`);
  }

  #text(text: string): string {
    this.#size.add(text.length);
    return stringJson(text);
  }

  #tag(name: string, json: string): string {
    return this.tags ? `{"${name}":${json}}` : json;
  }

  #double(value: number): string {
    if (this.tags) return `{"@double":"${doubleText(value)}"}`;
    return Number.isFinite(value) ? doubleText(value) : `"${doubleText(value)}"`;
  }

  #struct({ fields }: Struct, expands: boolean): string {
    let hasTag = false;
    const parts: string[] = [];
    for (const [name, value] of fields) {
      hasTag ||= name.startsWith('@');
      this.#size.add(name.length);
      parts.push(`${JSON.stringify(name)}:${this.write(value, expands)}`);
    }
    const json = `{${parts.join(',')}}`;
    return hasTag ? this.#tag('@object', json) : json;
  }

  #document(document: Doc, expands: boolean): string {
    const found = expands ? this.ready.documents.get(document) : undefined;
    if (found instanceof Struct) return this.#tag('@doc', this.#struct(found, false));
    if (found && !this.tags) return 'null';
    const { fields } = this.ready.references.get(document) as Reference;
    if (!found) return this.#tag('@ref', this.#struct(fields, false));
    const missing = new Struct(new Map<string, Value>([...fields.fields, ['exists', false], ['cause', why(found)]]));
    return this.#tag('@ref', this.#struct(missing, false));
  }

  #set(set: SetValue, expands: boolean): string {
    const page = this.#open.has(set) ? undefined : this.ready.pages.get(set);
    if (page === undefined) return this.#tag('@set', this.write(cursorOf(set as PagedValue), expands));
    this.#open.add(set);
    const json = this.#struct(page, expands);
    this.#open.delete(set);
    return this.#tag('@set', json);
  }
}

/** Values as readable code: indented, with documents expanded once. */
class Decorator {
  #text = '';
  #depth = 0;
  #isLineStart = true;
  readonly #open = new Set<string>();
  readonly #size: AnswerSize;
  // Every occurrence of a document that was read is shown with its fields.
  readonly #read: ReadonlyMap<string, Struct | Null>;

  constructor(
    readonly ready: Ready,
    readonly time: bigint,
    readonly known: bigint,
  ) {
    this.#size = new AnswerSize(ready.budget);
    this.#read = new Map([...ready.documents].map(([document, fields]) => [keyOf(document), fields]));
  }

  write(): string {
    this.#value(this.ready.value);
    return this.#text;
  }

  #put(text: string): void {
    if (this.#isLineStart) {
      this.#size.add(2 * this.#depth);
      this.#text += '  '.repeat(this.#depth);
      this.#isLineStart = false;
    }
    this.#size.add(text.length);
    this.#text += text;
    if (text.endsWith('\n')) this.#isLineStart = true;
  }

  #line(text: string): void {
    this.#put(text);
    this.#put('\n');
  }

  #string(text: string): void {
    this.#put('');
    this.#size.add(text.length);
    const word = text.includes('\n') ? this.#endWord(text) : undefined;
    if (word === undefined) {
      this.#text += quoted(text);
      return;
    }
    this.#line(`<<-${word}`);
    this.#depth++;
    for (const line of text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/)) this.#line(line);
    this.#depth--;
    this.#put(word);
  }

  #endWord(text: string): string | undefined {
    if (!text.includes('END')) return 'END';
    for (let i = 0; i < 10; i++) if (!text.includes(`END${i}`)) return `END${i}`;
    return undefined;
  }

  #call(name: string, text: string): void {
    this.#put(`${name}(`);
    this.#string(text);
    this.#put(')');
  }

  #value(value: Value): void {
    this.ready.budget.touch();
    if (value instanceof Id) this.#string(String(value.value));
    else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
      this.#put(String(value));
    else if (value instanceof Double) this.#put(this.#double(value.value));
    else if (typeof value === 'string') this.#string(value);
    else if (value instanceof Bytes) this.#call('Bytes', base64(value));
    else if (value instanceof Time) this.#call('Time', timeText(value.nanos));
    else if (value instanceof TransactionTime) this.#call('Time', timeText(this.time * 1000n));
    else if (value instanceof DateValue) this.#call('Date', dateText(value.day));
    else if (value instanceof Uuid) this.#call('UUID', value.text);
    else if (value instanceof Null) this.#put('null');
    else if (isArray(value)) this.#list('[', ']', value, (each) => this.#value(each));
    else if (value instanceof Struct) {
      this.#list('{', '}', [...value.fields], ([name, each]) => {
        if (fieldText(name) === name) this.#put(name);
        else this.#string(name);
        this.#put(': ');
        this.#value(each);
      });
    } else if (value instanceof SetCursor) this.#string(encodeCursor(this.ready.budget, value, this.known));
    else if (value instanceof Module) {
      if (value.parent) {
        this.#value(value.parent);
        this.#put('.');
      }
      this.#put(value.name);
    } else if (value instanceof Doc) this.#document(value);
    else if (value instanceof SetValue) this.#value(this.ready.pages.get(value) ?? cursorOf(value as PagedValue));
    else if (value instanceof EventSource) this.#string(encodeEventSource(this.ready.budget, value, this.known));
    else if (value instanceof LambdaValue) this.#string('[function <lambda>]');
    else this.#string(`[function ${(value as NamedFunction).name}]`);
  }

  #double(value: number): string {
    if (Number.isNaN(value)) return 'Math.NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'Math.Infinity' : '-Math.Infinity';
    return doubleText(value);
  }

  #list<T>(open: string, close: string, elements: readonly T[], write: (element: T) => void): void {
    if (elements.length === 0) {
      this.#put(open + close);
      return;
    }
    this.#line(open);
    this.#depth++;
    elements.forEach((element, i) => {
      write(element);
      this.#line(i === elements.length - 1 ? '' : ',');
    });
    this.#depth--;
    this.#put(close);
  }

  #document(document: Doc): void {
    const key = keyOf(document);
    const found = this.#read.get(key) ?? this.ready.documents.get(document);
    if (found instanceof Struct && !this.#open.has(key)) {
      this.#open.add(key);
      this.#value(found);
      this.#open.delete(key);
      return;
    }
    const { text } = this.ready.references.get(document) as Reference;
    this.#put(found instanceof Null ? `${text} /* ${why(found)} */` : text);
  }
}
