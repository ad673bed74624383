import { JsonError, type JsonValue, parseJson } from '../../values/json.js';
import { ObjectValue } from '../../values/values.js';
import { quoted } from '../evaluate/quoted.js';
import { TEMPLATE_SIGN } from '../parse/diagnostic.js';

/** A request that is rejected before its query is parsed. */
export class RequestFailure extends Error {
  static override stackTraceLimit = 0;
}

/** A query's text with marks in place of values, and the values with the positions of their marks. */
export interface Template {
  readonly text: string;
  readonly values: readonly { readonly value: JsonValue; readonly at: number }[];
}

/** The fields of a request. */
export interface QueryBody {
  readonly query: Template;
  readonly arguments: ReadonlyMap<string, JsonValue>;
}

const VALUE_MARK = `${TEMPLATE_SIGN}value>`;

/** The name of a JSON value in an error about its type. */
export function kindName(value: JsonValue): string {
  if (value === null) return 'Null';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'bigint') return 'Integer';
  if (typeof value === 'number') return 'Double';
  if (typeof value === 'boolean') return 'Boolean';
  return Array.isArray(value) ? 'Array Start' : 'Object Start';
}
const invalid = (detail: string) =>
  new RequestFailure(detail === '' ? 'Invalid request body' : `Invalid request body: ${detail}`);
const unexpected = (value: JsonValue, expected?: string) =>
  invalid(`Unexpected JSON ${kindName(value)}.${expected === undefined ? '' : ` Expected ${expected}.`}`);

/** Reads the JSON of a request. @throws {RequestFailure} */
export function parseBody(text: string | undefined): JsonValue {
  if (text === undefined || text === '') throw new RequestFailure('No request body provided');
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw invalid(error.reason === 'depth' ? 'JSON exceeds nesting limit' : error.detail);
  }
}

/** The fields of a request's JSON object; unknown fields are an error. @throws {RequestFailure} */
export function fieldsOf(json: JsonValue, known: readonly string[]): ReadonlyMap<string, JsonValue> {
  if (!(json instanceof ObjectValue)) throw unexpected(json);
  for (const name of json.fields.keys()) {
    if (!known.includes(name)) throw invalid('');
  }
  return json.fields as ReadonlyMap<string, JsonValue>;
}

/** Parses the body of `/query/1`. @throws {RequestFailure} */
export function readQueryBody(text: string | undefined): QueryBody {
  const fields = fieldsOf(parseBody(text), ['query', 'arguments']);
  const query = fields.get('query');
  if (query === undefined) throw invalid('');
  const template = readTemplate(query);
  const given = fields.get('arguments');
  if (given === undefined || given === null) return { query: template, arguments: new Map() };
  if (!(given instanceof ObjectValue)) throw unexpected(given, 'Object');
  return { query: template, arguments: given.fields as ReadonlyMap<string, JsonValue> };
}

/** Parses a query: a text, or a template. @throws {RequestFailure} */
export function readTemplate(json: JsonValue): Template {
  if (typeof json === 'string') return { text: json, values: [] };
  if (!(json instanceof ObjectValue)) throw unexpected(json, 'query template');
  const builder = new Builder();
  builder.template(json);
  return { text: builder.text, values: builder.values };
}

class Builder {
  text = '';
  values: { value: JsonValue; at: number }[] = [];
  // Texts inside arrays and objects are parenthesised.
  #inContainer = false;
  // Whether the current part contains text, and so is not a plain value.
  #holdsText = false;

  #part(json: JsonValue): void {
    if (typeof json === 'string') {
      if (json.includes(TEMPLATE_SIGN)) throw invalid('FQL strings cannot contain NUL characters');
      this.#holdsText = true;
      this.text += this.#inContainer ? `(${json})` : json;
    } else if (json instanceof ObjectValue) this.template(json);
    else throw unexpected(json, 'query template');
  }

  template({ fields }: ObjectValue): void {
    const wrong = () =>
      invalid(`Unexpected JSON Field Name. Expected an object with a single key 'fql', 'value', 'array', or 'object'.`);
    const [first] = fields as ReadonlyMap<string, JsonValue>;
    if (first === undefined || fields.size !== 1) throw wrong();
    const [key, json] = first;
    const outer = this.#inContainer;
    switch (key) {
      case 'fql':
        this.#inContainer = false;
        this.#fql(json, outer);
        break;
      case 'value':
        this.#value(json);
        break;
      case 'array':
        this.#inContainer = true;
        this.#array(json);
        break;
      case 'object':
        this.#inContainer = true;
        this.#object(json);
        break;
      default:
        throw wrong();
    }
    this.#inContainer = outer;
  }

  #fql(json: JsonValue, isWrapped: boolean): void {
    if (!Array.isArray(json)) throw unexpected(json, 'Array Start');
    if (isWrapped) this.text += '(';
    for (const part of json as readonly JsonValue[]) this.#part(part);
    if (isWrapped) this.text += ')';
  }

  #value(value: JsonValue): void {
    this.values.push({ value, at: this.text.length });
    this.text += VALUE_MARK;
  }

  // A part that consists only of values becomes one value; a part with text is written out.
  #container(write: () => void, whole: (values: readonly JsonValue[]) => JsonValue): void {
    const outer = this.#holdsText;
    this.#holdsText = false;
    const [textStart, valuesStart] = [this.text.length, this.values.length];
    write();
    if (!this.#holdsText) {
      const values = this.values.splice(valuesStart).map(({ value }) => value);
      this.text = this.text.slice(0, textStart);
      this.#value(whole(values));
    }
    this.#holdsText ||= outer;
  }

  #array(json: JsonValue): void {
    if (!Array.isArray(json)) throw unexpected(json, 'Array Start');
    const write = () => {
      this.text += '[';
      (json as readonly JsonValue[]).forEach((part, i) => {
        if (i > 0) this.text += ', ';
        this.#part(part);
      });
      this.text += ']';
    };
    this.#container(write, (values) => values);
  }

  #object(json: JsonValue): void {
    if (!(json instanceof ObjectValue)) throw unexpected(json, 'Object Start');
    const names = [...json.fields.keys()];
    const write = () => {
      this.text += '{ ';
      names.forEach((name, i) => {
        if (i > 0) this.text += ', ';
        this.text += `${quoted(name)}: `;
        this.#part(json.fields.get(name) as JsonValue);
      });
      this.text += ' }';
    };
    // Tagged, so that fields whose names begin with `@` are not mistaken for tags.
    const whole = (values: readonly JsonValue[]) =>
      new ObjectValue(
        new Map([['@object', new ObjectValue(new Map(names.map((name, i) => [name, values[i] as JsonValue])))]]),
      );
    this.#container(write, whole);
  }
}
