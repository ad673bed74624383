// Types of values as migrations store them: a name for a scalar, an object with a `type` for everything else.
import { NATIVE } from '../../values/ids.js';
import { Bytes, DateValue, Lambda, ObjectValue, Ref, Time, Uuid, type Value } from '../../values/values.js';

/** Whether a value has a type. */
export type Test = (value: Value | undefined) => boolean;

const isMissing = (value: Value | undefined) => value === null || value === undefined;
const isInt: Test = (value) => typeof value === 'bigint' && BigInt.asIntN(32, value) === value;

const SCALARS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['Any', () => true],
  ['Null', isMissing],
  ['Int', isInt],
  ['Long', (value) => typeof value === 'bigint'],
  ['Double', (value) => typeof value === 'number'],
  ['Number', (value) => typeof value === 'bigint' || typeof value === 'number'],
  ['Boolean', (value) => typeof value === 'boolean'],
  ['String', (value) => typeof value === 'string'],
  ['Time', (value) => value instanceof Time],
  ['Date', (value) => value instanceof DateValue],
  ['Bytes', (value) => value instanceof Bytes],
  ['UUID', (value) => value instanceof Uuid],
  ['Query', (value) => value instanceof Lambda],
]);

/** The names of scalar types. */
export const isScalarName = (name: string): boolean => SCALARS.has(name);

const listOf = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);

/** The test of a stored type. A type that is unknown holds nothing. */
export function testOf(stored: Value | undefined): Test {
  if (typeof stored === 'string') return SCALARS.get(stored) ?? (() => false);
  if (!(stored instanceof ObjectValue)) return () => false;
  const { fields } = stored;
  switch (fields.get('type')) {
    case 'Singleton': {
      const only = fields.get('value');
      return (value) => value === only;
    }
    case 'Doc': {
      const collection = fields.get('coll');
      const id = collection instanceof Ref && collection.collection === NATIVE.collections ? Number(collection.id) : -1;
      return (value) => value instanceof Ref && value.collection === id;
    }
    case 'Array': {
      const element = testOf(fields.get('elem'));
      return (value) => Array.isArray(value) && (value as readonly Value[]).every(element);
    }
    case 'Tuple': {
      const elements = listOf(fields.get('elems')).map(testOf);
      return (value) =>
        Array.isArray(value) &&
        value.length === elements.length &&
        elements.every((element, i) => element((value as readonly Value[])[i]));
    }
    case 'Union': {
      const members = listOf(fields.get('elems')).map(testOf);
      return (value) => members.some((member) => member(value));
    }
    case 'Struct': {
      const given = fields.get('fields');
      const known = new Map([...(given instanceof ObjectValue ? given.fields : [])].map(([k, v]) => [k, testOf(v)]));
      const wildcard = fields.has('wildcard') ? testOf(fields.get('wildcard')) : undefined;
      return (value) => {
        if (!(value instanceof ObjectValue)) return false;
        for (const [name, each] of value.fields) {
          const test = known.get(name) ?? wildcard;
          if (test === undefined || !test(each)) return false;
        }
        for (const [name, test] of known) if (!value.fields.has(name) && !test(undefined)) return false;
        return true;
      };
    }
    default:
      return () => false;
  }
}
