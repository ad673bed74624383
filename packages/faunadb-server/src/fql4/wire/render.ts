import { doubleText } from '@supertokens-faunadb/java/numbers';
import { dateText, timeText } from '@supertokens-faunadb/java/time';
import type { ModelContext } from '../../model/base/context.js';
import type { Databases } from '../../model/base/databases.js';
import { describeRef, hasName, type RefParts } from '../../model/refs/refs.js';
import { AnswerSize } from '../../values/answer-size.js';
import { type ApiVersion, isOlder } from '../../values/api-version.js';
import type { Budget } from '../../values/budget.js';
import { NATIVE } from '../../values/ids.js';
import { type Cases, match } from '../../values/match.js';
import { limitExceeded } from '../../values/query-ended.js';
import {
  type Action,
  DocumentEvent,
  Lambda,
  ObjectValue,
  type Page,
  Ref,
  type SetEvent,
  SetValue,
  type UnresolvedRef,
  type Value,
  type Version,
} from '../../values/values.js';
import { API_VERSION, OLDEST_VERSION } from './language-version.js';

/** How many values an answer may contain: a few arrays that contain each other repeatedly quickly exceed it. */
const MAX_RENDERED = 2 ** 22;

/** Writes values as FaunaDB shows them in one database. */
export class Renderer {
  readonly #collections = new Map<number, string | undefined>();
  readonly #size: AnswerSize;
  #rendered = 0;

  static readonly #cases: Cases<string | undefined, Renderer> = {
    null: () => 'null',
    boolean: (value) => (value ? 'true' : 'false'),
    integer: (value) => value.toString(),
    double: (value) => (Number.isFinite(value) ? doubleText(value) : JSON.stringify(doubleText(value))),
    string: (text, renderer) => renderer.#text(text),
    array: (elements, renderer) => renderer.#array(elements),
    object: (object, renderer) => renderer.#object(object),
    bytes: ({ bytes }, renderer) => {
      renderer.#size.add(bytes.length);
      return tagged('@bytes', JSON.stringify(Buffer.from(bytes).toString('base64')));
    },
    uuid: ({ text }) => tagged('@uuid', JSON.stringify(text)),
    time: ({ nanos }) => tagged('@ts', JSON.stringify(timeText(nanos))),
    date: ({ day }) => tagged('@date', JSON.stringify(dateText(day))),
    transactionTime: (_, { time }) => time.toString(),
    ref: (ref, renderer) => renderer.#ref(ref),
    unresolvedRef: (ref, renderer) => renderer.#refText(partsOf(ref)),
    set: (set, renderer) => renderer.#set(set),
    lambda: (lambda, renderer) => tagged('@query', renderer.#lambda(lambda.literal())),
    page: (page, renderer) => renderer.#page(page),
    version: (version, renderer) => renderer.#version(version),
    documentEvent: (event, renderer) => renderer.#documentEvent(event, true),
    setEvent: (event, renderer) => renderer.#setEvent(event),
    cursor: ({ position }, renderer) =>
      position instanceof DocumentEvent ? renderer.#documentEvent(position, false) : renderer.#value(position as Value),
    action: ({ name }, renderer) => renderer.#action(name),
  };

  /**
   * @param scope the query's database, which refs into it need not name.
   * @param time of the transaction, in µs, for values that refer to it.
   */
  constructor(
    readonly view: Databases,
    readonly scope: number,
    readonly time: bigint,
    /** The language version of the output. */
    readonly apiVersion: ApiVersion = API_VERSION,
    /** The language version of the query. */
    readonly budget?: Pick<Budget, 'touch' | 'foresee'>,
  ) {
    this.#size = new AnswerSize(budget);
  }

  /** The answer for a value. It has no resource if none of it can be named any more. */
  answer(value: Value): string {
    const resource = this.#value(value);
    return resource === undefined ? '{}' : `{"resource":${resource}}`;
  }

  /**
   * The JSON of a value. A value without a name (a ref into a deleted collection) becomes null, or is omitted if it is a
   * field.
   */
  render(value: Value): string {
    return this.#value(value) ?? 'null';
  }

  #value(value: Value): string | undefined {
    this.budget?.touch();
    if (++this.#rendered > MAX_RENDERED)
      throw limitExceeded(`Response exceeded the maximum of ${MAX_RENDERED} values.`);
    return match(value, Renderer.#cases, this);
  }

  #text(text: string): string {
    this.#size.add(text.length);
    return quoted(text);
  }

  #array(elements: readonly Value[]): string {
    return `[${elements
      .map((e) => this.#value(e))
      .filter((e) => e !== undefined)
      .join(',')}]`;
  }

  #object({ entries }: ObjectValue): string {
    let escapes = false;
    const rendered: string[] = [];
    for (const [name, value] of entries) {
      if (name.startsWith('@')) escapes = true;
      const text = this.#value(value);
      if (text !== undefined) rendered.push(`${this.#text(name)}:${text}`);
    }
    const object = `{${rendered.join(',')}}`;
    return escapes ? tagged('@obj', object) : object;
  }

  /** A lambda shows its version if that version, or the output's, has functions that others lack. */
  #lambda(literal: ObjectValue): string {
    const version = literal.fields.get('api_version');
    const hasVersions = (named: ApiVersion) => isOlder(OLDEST_VERSION, named);
    if (hasVersions(this.apiVersion) || (typeof version === 'string' && hasVersions(version as ApiVersion))) {
      return this.#object(literal);
    }
    return this.#object(new ObjectValue(new Map([...literal.fields].filter(([name]) => name !== 'api_version'))));
  }

  #version({ ref, ts, action, data }: Version): string {
    const fields = [`"ts":${ts ?? this.time}`];
    const shown = this.#ref(ref);
    if (shown !== undefined) fields.unshift(`"ref":${shown}`, ...this.#classOf(ref));
    if (action === 'delete') fields.push('"action":"delete"');
    const isIndex = ref.collection === NATIVE.indexes;
    for (const [name, value] of data.fields) {
      const text = this.#value(isIndex && name === 'source' ? this.#source(value) : value);
      if (text !== undefined) fields.push(`${quoted(name)}:${text}`);
    }
    return `{${fields.join(',')}}`;
  }

  /** An index's source is kept as it was given, and shown in the terms of the output's version. */
  #source(value: Value): Value {
    if (Array.isArray(value)) return (value as readonly Value[]).map((element) => this.#source(element));
    if (!(value instanceof ObjectValue)) return value;
    const field = (name: string) => (name === 'class' || name === 'collection' ? this.#collectionField : name);
    return new ObjectValue(new Map([...value.fields].map(([name, of]) => [field(name), of])));
  }

  #page({ elements, before, after }: Page): string {
    const fields: string[] = [];
    if (before !== undefined) fields.push(`"before":${this.render(before)}`);
    if (after !== undefined) fields.push(`"after":${this.render(after)}`);
    fields.push(`"data":${this.#array(elements)}`);
    return `{${fields.join(',')}}`;
  }

  #documentEvent({ ref, ts, action, data }: DocumentEvent, withData: boolean): string | undefined {
    const document = this.#ref(ref);
    if (document === undefined) return undefined;
    const event = `"ts":${ts ?? this.time},"action":${this.#action(action)},"${this.#documentField}":${document}`;
    if (!withData || this.#isFirst) return `{${event}}`;
    return `{${event},"data":${this.render(data?.fields.get('data') ?? null)}}`;
  }

  #setEvent({ ref, ts, action, values }: SetEvent): string | undefined {
    const document = this.#ref(ref);
    if (document === undefined && !isBeginning(ref)) return undefined;
    const data = values.length > 0 ? `,"${this.#isFirst ? 'values' : 'data'}":${this.#array(values)}` : '';
    const shown = document === undefined ? '' : `,"${this.#documentField}":${document}`;
    return `{"ts":${ts ?? this.time},"action":${this.#action(action)}${shown}${data}}`;
  }

  /** The first version only had `create` and `delete`. */
  #action(name: Action['name']): string {
    if (!this.#isFirst) return `"${name}"`;
    return name === 'delete' || name === 'remove' ? '"delete"' : '"create"';
  }

  get #isFirst(): boolean {
    return isOlder(this.apiVersion, '2.1');
  }

  /** Before version 2.7, collections were called classes. */
  get #hasClasses(): boolean {
    return isOlder(this.apiVersion, '2.7');
  }

  /** Before version 2.7, documents were called instances. */
  get #documentField(): string {
    if (this.#isFirst) return 'resource';
    return this.#hasClasses ? 'instance' : 'document';
  }

  #set(set: SetValue): string | undefined {
    if (set.hidden) return tagged('@set', 'null');
    const parts = set.parts();
    return parts instanceof Ref ? this.#ref(parts) : tagged('@set', this.#setParts(parts));
  }

  /** Lambdas, and the set whose events it lists, are written without escapes: nothing else can stand there. */
  #setParts({ fields }: ObjectValue): string {
    const rendered = [...fields].flatMap(([name, value]) => {
      const text =
        value instanceof Lambda
          ? this.#lambda(value.literal())
          : name === 'events' && value instanceof SetValue
            ? this.#sourceOfEvents(value)
            : this.#value(value);
      return text === undefined ? [] : [`${quoted(name)}:${text}`];
    });
    return `{${rendered.join(',')}}`;
  }

  #sourceOfEvents(set: SetValue): string | undefined {
    const parts = set.parts();
    return parts instanceof Ref ? this.#ref(parts) : this.#setParts(parts);
  }

  #ref(ref: Ref): string | undefined {
    if (hasName(ref)) {
      const parts = describeRef(this.view, ref, this.scope);
      return parts && this.#refText(parts);
    }
    const collection = this.#collectionRef(ref);
    if (collection === undefined) return undefined;
    if (this.#isFirst) return tagged('@ref', `"${pathOf(collection)}/${ref.id}"`);
    return tagged('@ref', `{"id":"${ref.id}","${this.#collectionField}":${collection}}`);
  }

  /** In the first version, a document's collection was written beside its ref. */
  #classOf({ scope, collection }: Ref): string[] {
    const shown = this.#isFirst ? this.#collectionRef(new Ref(scope, collection, 0n)) : undefined;
    return shown === undefined ? [] : [`"class":${shown}`];
  }

  /** The ref to a document's collection, which many documents of an answer share. */
  #collectionRef({ scope, collection }: Ref): string | undefined {
    const key = scope * 2 ** 16 + collection;
    if (!this.#collections.has(key)) {
      this.#collections.set(key, this.#ref(new Ref(scope, NATIVE.collections, BigInt(collection))));
    }
    return this.#collections.get(key);
  }

  get #collectionField(): string {
    return this.#hasClasses ? 'class' : 'collection';
  }

  #refText({ id, collection, database }: RefParts): string {
    const shown = this.#hasClasses && collection === undefined && id === 'collections' ? 'classes' : id;
    if (this.#isFirst) {
      const path = collection ? `${pathOf(this.#refText(collection))}/${shown}` : shown;
      return tagged('@ref', quoted(path));
    }
    const fields = [`"id":${quoted(shown)}`];
    if (collection) fields.push(`"${this.#collectionField}":${this.#refText(collection)}`);
    if (database) fields.push(`"database":${this.#refText(database)}`);
    return tagged('@ref', `{${fields.join(',')}}`);
  }
}

/** The wire form of a value within a query. As on the real server, uncommitted data has the time 0 here. */
export function renderInQuery({ model, auth }: ModelContext, value: Value, apiVersion: ApiVersion): string {
  return new Renderer(model, auth.scope, 0n, apiVersion).render(value);
}

/** The path in the JSON of a ref of the first version. */
function pathOf(ref: string): string {
  return (JSON.parse(ref) as { '@ref': string })['@ref'];
}

/** A cursor that is only a time lies before all documents, and shows none. */
function isBeginning({ collection, id }: Ref): boolean {
  return collection === 0 && id === 0n;
}

function partsOf(ref: UnresolvedRef): RefParts {
  return {
    id: ref.id ?? '',
    ...(ref.collection ? { collection: partsOf(ref.collection) } : {}),
    ...(ref.database ? { database: partsOf(ref.database) } : {}),
  };
}

/** A string's JSON. A lone surrogate has no UTF-8 form, and becomes a question mark. */
export function quoted(text: string): string {
  const json = JSON.stringify(text);
  return json.includes('\\ud') ? JSON.stringify(text.replace(/\p{Surrogate}/gu, '?')) : json;
}

function tagged(tag: string, json: string): string {
  return `{"${tag}":${json}}`;
}
