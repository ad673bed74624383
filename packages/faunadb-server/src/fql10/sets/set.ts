import type { Context } from '../evaluate/context.js';
import { errors } from '../evaluate/failures.js';
import { Null, SetCursor, SetValue, Struct, type Value } from '../evaluate/values.js';
import { NULL_SPAN } from '../parse/span.js';

/** The default page size. */
export const DEFAULT_PAGE_SIZE = 16;
/** The maximum number of elements held at once: of an array, of a page. */
export const MAX_PAGE = 16_000;

/** The start of a page: its position is `undefined` at the beginning. */
export interface Token {
  readonly set: PagedValue;
  readonly position: readonly Value[] | undefined;
}

export interface Element {
  readonly value: Value;
  /** The start of a page with this first element. */
  readonly token: () => Token;
}

export interface Page {
  readonly elements: readonly Element[];
  readonly after: Token | undefined;
}

export const EMPTY_PAGE: Page = { elements: [], after: undefined };

/** A set that can be read page by page. */
export abstract class PagedValue extends SetValue {
  /** The size of its first page. */
  get pageSize(): number {
    return DEFAULT_PAGE_SIZE;
  }

  /** Whether reading it to its end causes a hint. */
  get isUnbounded(): boolean {
    return false;
  }

  /** A page of `count` elements, sometimes more. */
  page(context: Context, count: number, position: readonly Value[] | undefined): Page {
    const { budget } = context.host;
    // Sets may contain sets, each of them several times: also empty pages count.
    budget.visit();
    const page = this.readPage(context, count, position);
    budget.make(page.elements.length);
    return page;
  }

  /** Reads a page. Called by {@link page} only. */
  protected abstract readPage(context: Context, count: number, position: readonly Value[] | undefined): Page;

  reverse(context: Context): PagedValue {
    context.host.budget.visit();
    return this.reversedSet(context);
  }

  /** Reverses the set. Called by {@link reverse} only. */
  protected abstract reversedSet(context: Context): PagedValue;

  /** Why it cannot be streamed. */
  abstract streamRefusal(): string | undefined;
}

/** A page of a derived set, whose elements and end wrap those of the source. */
export function mapSet({ elements, after }: Page, change: (set: PagedValue) => PagedValue): Page {
  const changed = ({ set, position }: Token): Token => ({ set: change(set), position });
  return {
    elements: elements.map(({ value, token }) => ({ value, token: () => changed(token()) })),
    after: after && changed(after),
  };
}

/** All elements of a set, one after another. */
export function* elementsOf(context: Context, set: PagedValue, first?: Token): Generator<Element> {
  let token: Token = first ?? { set, position: undefined };
  for (;;) {
    const { elements, after } = token.set.page(context, MAX_PAGE, token.position);
    for (const element of elements) {
      context.spend();
      yield element;
    }
    if (after === undefined) return;
    token = after;
  }
}

/** All elements of a set, limited in number. */
export function allElements(context: Context, set: PagedValue): Element[] {
  const all: Element[] = [];
  let token: Token = { set, position: undefined };
  for (;;) {
    const size = Math.min(MAX_PAGE + 1 - all.length, MAX_PAGE);
    const { elements, after } = token.set.page(context, size, token.position);
    for (const element of elements) all.push(element);
    if (all.length > MAX_PAGE) {
      throw errors.valueTooLarge(`exceeded maximum number of elements (limit=${MAX_PAGE})`, context.trace);
    }
    if (after === undefined) return all;
    token = after;
  }
}

/** A page as a value: `data`, and `after` if there are more elements. */
export function pageValue(context: Context, { elements, after }: Page): Struct {
  const fields = new Map<string, Value>([['data', elements.map(({ value }) => value)]]);
  if (after) fields.set('after', new SetCursor(after.set, after.position, context.systemTime, elements.length));
  return new Struct(fields);
}

/** The start of a set, shown where its elements are not. */
export const cursorOf = (set: PagedValue): SetCursor => new SetCursor(set, undefined, undefined, set.pageSize);

export const emptySet = (context: Context): Null => Null.noElement('empty set', context.trace?.span ?? NULL_SPAN);
