import { type Path, valueAt } from '../../model/documents/select.js';
import { unresolvedRef, valueNotFound } from '../../values/errors.js';
import { at } from '../../values/position.js';
import { UnresolvedRef, type Value } from '../../values/values.js';
import { any, boolean, path } from '../evaluate/casts.js';
import { type Cast, type Form, form, only, optional } from '../evaluate/form.js';

/** The old `select`, an ordinary function: its default is always evaluated. */
function select(key: string, all?: boolean): Form {
  const parameters = {
    [key]: path,
    from: any,
    ...(all ? {} : { all: optional(boolean) }),
    default: optional(any),
  } as unknown as Readonly<Record<string, Cast<unknown>>>;
  const apply = form('pure', parameters, (args, context, position) => {
    const steps = args[key] as Path;
    const from = args.from as Value;
    if (from instanceof UnresolvedRef) throw unresolvedRef(from, at(position, 'from'));
    const collects = all ?? args.all === true;
    const found = valueAt(context, from, steps, collects);
    if (collects) return found === undefined ? [] : Array.isArray(found) ? found : [found];
    const value = found === undefined ? (args.default as Value | undefined) : found;
    if (value === undefined) throw valueNotFound(steps, at(position, 'from'));
    return value;
  });
  return only({ until: '3' }, apply);
}

/** The versions before 3; since then they are forms of their own, see `control.ts`. */
export const selectFunctions: readonly Form[] = [
  select('select'),
  select('select_all', true),
  select('select_as_index', true),
];
