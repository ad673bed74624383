import { parseDate, parseTime } from '@supertokens-faunadb/java/time';
import type { JsonValue } from '../../values/json.js';
import { ObjectValue } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import { parseLong } from '../evaluate/members.js';
import { globalNamed } from '../evaluate/tables.js';
import {
  DateValue,
  Doc,
  Double,
  integerValue,
  Module,
  Null,
  Ref,
  Struct,
  Time,
  type Value,
} from '../evaluate/values.js';
import { CollectionModule } from '../library/collections.js';
import { parseDouble } from '../library/parse-double.js';
import { bytesOf } from '../library/scalars.js';
import { NULL_SPAN } from '../parse/span.js';

/** The formats of values on the wire. */
export type Format = 'simple' | 'tagged' | 'decorated';

/** An invalid value. */
export class InvalidValue extends Error {
  static override stackTraceLimit = 0;
}

/** Decodes a value in a format. @throws {InvalidValue} */
export function decodeValue(context: Context, json: JsonValue, format: Format): Value {
  return format === 'simple' ? simple(context, json) : tagged(context, json);
}

function simple(context: Context, json: JsonValue): Value {
  context.host.budget.touch();
  if (json === null) return Null.at(NULL_SPAN);
  if (typeof json === 'bigint') return integerValue(json);
  if (typeof json === 'number') return new Double(json);
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (json instanceof ObjectValue) {
    return new Struct(
      new Map(
        [...(json.fields as ReadonlyMap<string, JsonValue>)].map(([name, value]) => [name, simple(context, value)]),
      ),
    );
  }
  return (json as readonly JsonValue[]).map((each) => simple(context, each));
}

function tagged(context: Context, json: JsonValue): Value {
  context.host.budget.touch();
  if (json === null) return Null.at(NULL_SPAN);
  if (typeof json === 'bigint' || typeof json === 'number') throw new InvalidValue('numbers must be tagged');
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (!(json instanceof ObjectValue)) return (json as readonly JsonValue[]).map((each) => tagged(context, each));
  const fields = json.fields as ReadonlyMap<string, JsonValue>;
  if (![...fields.keys()].some((name) => name.startsWith('@'))) return taggedFields(context, fields);
  if (fields.size > 1) throw new InvalidValue('too many keys in tagged value');
  const [[tag, value]] = [...fields] as [[string, JsonValue]];
  return taggedValue(context, tag, value);
}

const taggedFields = (context: Context, fields: ReadonlyMap<string, JsonValue>): Struct =>
  new Struct(new Map([...fields].map(([name, value]) => [name, tagged(context, value)])));

function taggedValue(context: Context, tag: string, json: JsonValue): Value {
  const text = (): string => {
    if (typeof json !== 'string') throw new InvalidValue(`${tag} requires a string value`);
    return json;
  };
  const valid = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new InvalidValue(`invalid ${what}`);
    return value;
  };
  switch (tag) {
    case '@int': {
      const value = valid(parseLong(text()), 'integer');
      return valid(BigInt.asIntN(32, value) === value ? Number(value) : undefined, 'integer');
    }
    case '@long':
      return valid(parseLong(text()), 'long');
    case '@double':
      return new Double(valid(parseDouble(text()), 'double'));
    case '@object':
      if (!(json instanceof ObjectValue)) throw new InvalidValue(`${tag} requires an object value`);
      return taggedFields(context, json.fields as ReadonlyMap<string, JsonValue>);
    case '@time':
      return new Time(valid(parseTime(text()), 'time'));
    case '@date':
      return new DateValue(valid(parseDate(text()), 'date'));
    case '@bytes':
      return valid(bytesOf(text()), 'bytes');
    case '@mod': {
      const found = moduleNamed(context, text());
      if (found === undefined) throw new InvalidValue(`no such module '${json}'`);
      return found;
    }
    case '@doc':
    case '@ref':
      return reference(context, tag, tagged(context, json));
    default:
      throw new InvalidValue(`invalid tag '${tag}'`);
  }
}

function moduleNamed(context: Context, name: string): Module | undefined {
  const found = globalNamed(context, name);
  return found instanceof Module ? found : undefined;
}

function documentOf(context: Context, collection: CollectionModule, id: bigint, name?: string): Doc {
  return new Doc(new Ref(context.host.auth.scope, collection.id, id), name);
}

function reference(context: Context, tag: string, value: Value): Doc {
  if (typeof value === 'string') return referenceText(context, value);
  if (!(value instanceof Struct)) throw new InvalidValue(`${tag} requires an object value`);
  const collection = value.fields.get('coll');
  if (collection === undefined) throw new InvalidValue(`${tag} field 'coll' is required`);
  if (!(collection instanceof CollectionModule)) throw new InvalidValue(`${tag} field 'coll' requires a module value`);
  const key = collection.isNamed ? 'name' : 'id';
  const given = value.fields.get(key);
  if (given === undefined) throw new InvalidValue(`${tag} field '${key}' is required`);
  if (typeof given !== 'string') throw new InvalidValue(`${tag} field '${key}' requires a string value`);
  if (collection.isNamed) {
    const id = collection.idOf(context, given);
    if (id === undefined) throw new InvalidValue(`no such schema object '${given}'`);
    return documentOf(context, collection, id);
  }
  const id = parseLong(given);
  if (id === undefined) throw new InvalidValue(`${tag} field 'id' must be an integer`);
  return documentOf(context, collection, id);
}

function referenceText(context: Context, text: string): Doc {
  const at = text.indexOf(':');
  if (at < 0 || text.indexOf(':', at + 1) >= 0) throw new InvalidValue('doc id must be in the format <coll>:<id>');
  const [name, key] = [text.slice(0, at), text.slice(at + 1)];
  const collection = moduleNamed(context, name);
  if (!(collection instanceof CollectionModule)) throw new InvalidValue(`no such collection '${name}'`);
  if (collection.isNamed) {
    const id = collection.idOf(context, key);
    if (id === undefined) throw new InvalidValue(`no such schema definition document '${key}'`);
    return documentOf(context, collection, id);
  }
  const id = parseLong(key);
  if (id === undefined) throw new InvalidValue(`invalid document id '${key}'`);
  return documentOf(context, collection, id);
}
