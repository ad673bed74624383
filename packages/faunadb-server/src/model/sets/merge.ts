import { sameValue } from '../../values/equality.js';
import type { SetValue } from '../../values/values.js';
import type { Element } from './set.js';

/** Elements with the same values, each with the number of its set. */
export type Group = readonly { readonly element: Element; readonly from: number }[];

/** Goes through ordered sets together: each group holds all elements with the same values, set by set. */
export function* groups(sets: readonly Iterable<Element>[], reverse: boolean): Generator<Group> {
  const iterators = sets.map((set) => set[Symbol.iterator]());
  const sign = reverse ? -1 : 1;
  const heap: { readonly head: Element; readonly from: number }[] = [];
  const isBefore = (a: { head: Element; from: number }, b: { head: Element; from: number }) => {
    const order = compareIdentities(a.head, b.head) * sign;
    return order < 0 || (order === 0 && a.from < b.from);
  };
  const push = (from: number) => {
    const next = iterators[from]!.next();
    if (next.done) return;
    let i = heap.push({ head: next.value, from }) - 1;
    for (let up = (i - 1) >> 1; i > 0 && isBefore(heap[i]!, heap[up]!); i = up, up = (i - 1) >> 1) swap(heap, i, up);
  };
  const pop = () => {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      for (let i = 0; ; ) {
        const children = [2 * i + 1, 2 * i + 2].filter((c) => c < heap.length && isBefore(heap[c]!, heap[i]!));
        if (children.length === 0) break;
        const least =
          children.length === 1 || isBefore(heap[children[0]!]!, heap[children[1]!]!) ? children[0]! : children[1]!;
        swap(heap, i, least);
        i = least;
      }
    }
    return first;
  };
  try {
    for (let from = 0; from < iterators.length; from++) push(from);
    while (heap.length > 0) {
      const first = heap[0]!.head;
      const group: { element: Element; from: number }[] = [];
      while (heap.length > 0 && compareIdentities(first, heap[0]!.head) === 0) {
        const { head, from } = pop();
        group.push({ element: head, from });
        push(from);
      }
      yield group;
    }
  } finally {
    for (const iterator of iterators) iterator.return?.();
  }
}

/**
 * The elements of the set with the most, or the fewest, in a group, each found in all of the group's sources. Among
 * equal sets the last one is chosen, and its last element comes first, as FaunaDB gathers them.
 */
export function chosen(group: Group, most: boolean): Element[] {
  if (group.length === 1) return [group[0]!.element];
  const bySet = new Map<number, Element[]>();
  for (const { element, from } of [...group].reverse()) {
    const same = bySet.get(from);
    if (same) same.push(element);
    else bySet.set(from, [element]);
  }
  let best: Element[] | undefined;
  for (const elements of bySet.values()) {
    if (!best || (most ? elements.length > best.length : elements.length < best.length)) best = elements;
  }
  const sources = distinct([...bySet.values()].flatMap((elements) => elements.flatMap((element) => element.sources)));
  return best!.map((element) => ({ ...element, sources }));
}

/** The last element of a group, found in all of the group's sources, which are gathered on demand. */
export function lastOf(group: Group): Element {
  const { element } = group.at(-1)!;
  if (group.length === 1) return element;
  return {
    ...element,
    get sources() {
      return sourcesOf(group.map((member) => member.element));
    },
  };
}

/** The sources of equal elements or events, those of the last one first. */
export function sourcesOf(found: readonly { readonly sources: readonly SetValue[] }[]): readonly SetValue[] {
  return distinct([...found].reverse().flatMap(({ sources }) => sources));
}

function distinct(sets: readonly SetValue[]): SetValue[] {
  const found: SetValue[] = [];
  for (const set of sets) if (!found.some((other) => sameValue(other, set))) found.push(set);
  return found;
}

function compareIdentities(a: Element, b: Element): number {
  return a.order.compare(b.order, 0, b.identity, 0, a.identity);
}

function swap<T>(list: T[], a: number, b: number): void {
  [list[a], list[b]] = [list[b]!, list[a]!];
}
