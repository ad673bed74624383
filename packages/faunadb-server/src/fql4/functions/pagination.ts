import type { PagePosition } from '../../model/pagination/page-position.js';
import { paginate } from '../../model/pagination/paginate.js';
import { DocumentSet } from '../../model/sets/document.js';
import { EventsSet } from '../../model/sets/events.js';
import type { ModelSet } from '../../model/sets/set.js';
import type { QueryContext } from '../../query/context.js';
import { at, type Position } from '../../values/position.js';
import { Ref, type SetValue, type Value } from '../../values/values.js';
import { any, boolean, identifier, integer } from '../evaluate/casts.js';
import { readCursor, readCursorObject } from '../evaluate/cursor.js';
import { type Form, form, optional } from '../evaluate/form.js';
import { atTime, type Given, readTime } from './reads.js';

const options = {
  ts: optional(readTime),
  size: optional(integer),
  events: optional(boolean),
  sources: optional(boolean),
};

interface Options {
  readonly ts: Given | undefined;
  readonly size: bigint | undefined;
  readonly events: boolean | undefined;
  readonly sources: boolean | undefined;
}

type Start = (set: ModelSet) => { readonly at: PagePosition | undefined; readonly ascending: boolean };

function page(
  context: QueryContext,
  of: Ref | SetValue,
  { ts, size, events, sources }: Options,
  start: Start,
  position: Position | undefined,
): Value {
  const source = of instanceof Ref ? new DocumentSet(of) : (of as ModelSet);
  const set = events && !source.shape.historical ? new EventsSet(source) : source;
  const { at: cursor, ascending } = start(set);
  const request = { cursor, ascending, size, sources: sources === true };
  return paginate(atTime(context, ts), set, request, position, at(position, 'paginate'));
}

const after = form(
  'read',
  { paginate: identifier, after: optional(any), ...options },
  ({ paginate, after, ...rest }, context, position) => {
    const start: Start = (set) => ({
      at: after === undefined ? undefined : readCursor(context, set, after, at(position, 'after')),
      ascending: true,
    });
    return page(context, paginate, rest, start, position);
  },
);

const before = form(
  'read',
  { paginate: identifier, before: any, ...options },
  ({ paginate, before, ...rest }, context, position) => {
    const start: Start = (set) => ({
      at: readCursor(context, set, before, at(position, 'before')),
      ascending: false,
    });
    return page(context, paginate, rest, start, position);
  },
);

const cursorObject = form(
  'read',
  { paginate: identifier, cursor: any, ...options },
  ({ paginate, cursor, ...rest }, context, position) => {
    const start: Start = (set) => readCursorObject(context, set, cursor, at(position, 'cursor'));
    return page(context, paginate, rest, start, position);
  },
);

export const paginationFunctions: readonly Form[] = [after, before, cursorObject];
