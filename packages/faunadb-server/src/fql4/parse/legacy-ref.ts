import { parseInteger } from '@supertokens-faunadb/java/numbers';
import { UnresolvedRef } from '../../values/values.js';

const COLLECTIONS: ReadonlySet<string> = new Set([
  'databases',
  'classes',
  'collections',
  'indexes',
  'functions',
  'roles',
  'access_providers',
  'keys',
  'tokens',
  'credentials',
]);
const NUMBERED: ReadonlySet<string> = new Set(['keys', 'tokens', 'credentials']);
const NAME = /^[;@+$\-_.!~%\p{Alphabetic}\p{Mn}\p{Mc}\p{Me}\p{Nd}\p{Pc}\p{Join_Control}]+$/u;
const RESERVED: ReadonlySet<string> = new Set(['self', 'events', '_']);

/** Reads a ref in its form before version 2.1: `collections/things/1`, `indexes/by_name`, `tokens/self`. */
export function parseLegacyRef(text: string): UnresolvedRef | undefined {
  const [first = '', second, third, ...more] = text.split('/');
  if (!COLLECTIONS.has(first) || more.length > 0) return undefined;
  const native = new UnresolvedRef(first === 'classes' ? 'collections' : first, undefined, undefined);
  if (second === undefined) return native;
  if (NUMBERED.has(first)) return third === undefined ? numbered(second, native) : undefined;
  if (!NAME.test(second) || RESERVED.has(second)) return undefined;
  const named = new UnresolvedRef(second, native, undefined);
  if (third === undefined) return named;
  return native.id === 'collections' ? numbered(third, named) : undefined;
}

function numbered(id: string, collection: UnresolvedRef): UnresolvedRef | undefined {
  if (id === 'self') return new UnresolvedRef(id, collection, undefined);
  const number = /^\d/.test(id) ? parseInteger(id) : undefined;
  return number === undefined ? undefined : new UnresolvedRef(String(number), collection, undefined);
}
