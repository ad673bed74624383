import { compare } from '../../model/documents/compare.js';
import { valueAt } from '../../model/documents/select.js';
import { valuesEqual } from '../../values/equality.js';
import { transactionAborted, unresolvedRef, wrongType } from '../../values/errors.js';
import { at } from '../../values/position.js';
import { UnresolvedRef, type Value } from '../../values/values.js';
import { any, collect, oneOrMore, path, string, writtenLambda } from '../evaluate/casts.js';
import { containsValue } from '../evaluate/contains-value.js';
import { type Form, form, only } from '../evaluate/form.js';

const abort = form('pure', { abort: string }, ({ abort }, _context, position) => {
  throw transactionAborted(abort, position);
});

const query = form('pure', { query: { ...writtenLambda, isKept: true } }, ({ query }) => query);

const equals = form('pure', { equals: oneOrMore(any) }, ({ equals: [first, ...others] }, { budget }) =>
  others.every((other) => valuesEqual(first as Value, other, budget)),
);

const containsPathAs = (name: 'contains' | 'contains_path') =>
  form(
    'pure',
    { [name]: path, in: any } as Record<'in', typeof any> & Record<string, typeof path | typeof any>,
    (args, context) => {
      return valueAt(context, args.in as Value, args[name] as readonly (string | bigint)[], false) !== undefined;
    },
  );

const containsField = form('pure', { contains_field: string, in: any }, (args, context, position) => {
  if (Array.isArray(args.in)) throw wrongType(['Object'], args.in, at(position, 'in'));
  return valueAt(context, args.in, [args.contains_field], false) !== undefined;
});

const containsValueForm = form('read', { contains_value: any, in: any }, (args, context, position) =>
  containsValue(context, args.in, args.contains_value, position),
);

/** `lt`, `lte`, `gt`, `gte`: whether all adjacent pairs are in this order. */
function comparison(name: string, holds: (order: number) => boolean): Form {
  return form('pure', { [name]: oneOrMore(any) }, (args, context, position) => {
    const operands = args[name] as readonly Value[];
    const place = at(position, name);
    collect(operands, (o) => {
      if (o instanceof UnresolvedRef) throw unresolvedRef(o, place);
    });
    return operands.every((o, i) => i === 0 || holds(compare(context, operands[i - 1] as Value, o)));
  });
}

/** Aborting, comparing, and access to parts of values. */
export const basicFunctions: readonly Form[] = [
  abort,
  query,
  equals,
  containsPathAs('contains'),
  ...[containsPathAs('contains_path'), containsField, containsValueForm].map((f) => only({ since: '3' }, f)),
  comparison('lt', (order) => order < 0),
  comparison('lte', (order) => order <= 0),
  comparison('gt', (order) => order > 0),
  comparison('gte', (order) => order >= 0),
];
