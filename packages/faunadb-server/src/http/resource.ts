import { isJson } from '../engine/is-json.js';
import { methodNotAllowed, type Refusal } from './error-answers.js';

/** The query that performs a request to a document's own path. */
export interface ResourceQuery {
  /** The schema document that the path names, as a ref in its wire form. */
  readonly subject: string | undefined;
  readonly query: string;
  /** The client's data for the document, which the engine adds. */
  readonly params?: string;
}

interface Resource {
  /** In its wire form. */
  readonly ref: unknown;
  readonly subject: unknown;
  /** The set of a native collection's documents, if the path names one. */
  readonly documents?: unknown;
}

/** Collections whose documents have names, with the function that makes a ref to one. */
const NAMED: Readonly<Record<string, string>> = {
  databases: 'database',
  classes: 'collection',
  collections: 'collection',
  indexes: 'index',
  functions: 'function',
  roles: 'role',
  access_providers: 'access_provider',
};

const NUMBERED = new Set(['keys', 'tokens', 'credentials']);
const NAME = /^(?!(?:self|events)$)[^/,()&=]+$/;
const MAX_ID = 2n ** 63n - 1n;

/** FaunaDB still serves the interface that predates FQL: a path for every document, a method for every operation. */
export function isResourcePath(path: string): boolean {
  return resourceOf(path) !== undefined;
}

/**
 * @param path of a resource
 * @returns the query, or the refusal if the path does not have the method.
 */
export function resourceQuery(
  method: string,
  path: string,
  parameters: ReadonlyMap<string, string>,
  body: string,
): ResourceQuery | { refusal: Refusal; subject: string | undefined } {
  const resource = resourceOf(path)!;
  const { documents, events } = resource;
  const subject = resource.subject === undefined ? undefined : JSON.stringify(resource.subject);
  const ref = JSON.stringify(resource.ref);
  if (documents !== undefined || events) {
    if (method === 'GET') return { subject, query: paginate(documents ?? resource.ref, events, parameters) };
    if (method === 'POST' && !events) return { subject, ...withBody('create', ref, body) };
    return { subject, refusal: events ? methodNotAllowed('GET') : methodNotAllowed('GET', 'POST') };
  }
  switch (method) {
    case 'GET':
      return { subject, query: `{"get":${ref}}` };
    case 'POST':
      return { subject, ...withBody('create', ref, body) };
    case 'PUT':
      return { subject, ...withBody('replace', ref, body) };
    case 'PATCH':
      return { subject, ...withBody('update', ref, body) };
    case 'DELETE':
      return { subject, query: `{"delete":${ref}}` };
    default:
      return { subject, refusal: methodNotAllowed('GET', 'POST', 'PUT', 'PATCH', 'DELETE') };
  }
}

function resourceOf(path: string): (Resource & { events: boolean }) | undefined {
  const segments = path.slice(1).split('/');
  const events = segments.length > 1 && segments.at(-1) === 'events';
  if (events) segments.pop();
  const resource = refOf(segments);
  return resource && { ...resource, events };
}

function refOf([native, name, id, ...more]: string[]): Resource | undefined {
  if (native === undefined || more.length > 0) return undefined;
  const maker = NAMED[native];
  if (maker === undefined && !NUMBERED.has(native)) return undefined;
  const collection = native === 'classes' ? 'collections' : native;
  const nativeRef = { '@ref': { id: collection } };
  if (name === undefined) return { ref: nativeRef, subject: undefined, documents: { [collection]: null } };
  if (maker === undefined) {
    if (id !== undefined || !isId(name)) return undefined;
    return { ref: { '@ref': { id: name, collection: nativeRef } }, subject: undefined };
  }
  if (!NAME.test(name)) return undefined;
  const named = { [maker]: name };
  if (id === undefined) return { ref: named, subject: named };
  if (maker !== 'collection' || !isId(id)) return undefined;
  return { ref: { ref: named, id }, subject: named };
}

function isId(text: string): boolean {
  return text === 'self' || (/^\d{1,19}$/.test(text) && BigInt(text) <= MAX_ID);
}

/** Leaves parsing the body to the engine: checking whether a long one is JSON takes time. */
function withBody(form: string, ref: string, body: string): { query: string; params: string } {
  return { query: `{"${form}":${ref}`, params: body === '' ? '{}' : body };
}

function paginate(set: unknown, events: boolean, parameters: ReadonlyMap<string, string>): string {
  const size = parameters.get('size');
  const fields = [
    `"paginate":${JSON.stringify(set)}`,
    ...(size !== undefined && /^[+-]?\d{1,18}$/.test(size) ? [`"size":${BigInt(size)}`] : []),
    ...(['before', 'after'] as const).flatMap((name) => cursor(name, parameters.get(name))),
    ...(events ? ['"events":true'] : []),
  ];
  return `{${fields.join(',')}}`;
}

/** A cursor is JSON, a time in µs, or the path of a document. */
function cursor(name: 'before' | 'after', text: string | undefined): string[] {
  if (text === undefined) return [];
  if (isJson(text)) return [`"${name}":{"quote":${/^[+-]?\d+$/.test(text) ? `{"ts":${text}}` : text}}`];
  const resource = refOf(text.split('/'));
  return resource === undefined ? [] : [`"${name}":${JSON.stringify(resource.ref)}`];
}
