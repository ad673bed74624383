// The differences between two texts, line by line, by the algorithm of Myers.

/** A line of both texts, of one of them, or a line in place of another. */
export type Row =
  | { readonly kind: 'equal' | 'insert' | 'delete'; readonly text: string }
  | { readonly kind: 'change'; readonly before: string; readonly after: string };

/** Where a sequence of equal lines ends, or a difference. */
interface Step {
  readonly i: number;
  readonly j: number;
  readonly isEqual: boolean;
  readonly previous: Step | undefined;
}

/** Texts with more differing lines in between are compared no further: the work grows with the square of this. */
const MOST_LINES = 4_000;

/** Lines without their ends. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|[\r\n]/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * Compares two texts.
 *
 * @param tick called for each step of the search
 */
export function diffLines(before: string, after: string, tick: () => void): Row[] {
  const [one, other] = [linesOf(before), linesOf(after)];
  const rows: Row[] = [];
  let at = 0;
  for (const { i, j, iEnd, jEnd } of differences(one, other, tick)) {
    for (; at < i; at++) rows.push({ kind: 'equal', text: one[at] as string });
    const changed = Math.min(iEnd - i, jEnd - j);
    for (let k = 0; k < changed; k++)
      rows.push({ kind: 'change', before: one[i + k] as string, after: other[j + k] as string });
    for (let k = i + changed; k < iEnd; k++) rows.push({ kind: 'delete', text: one[k] as string });
    for (let k = j + changed; k < jEnd; k++) rows.push({ kind: 'insert', text: other[k] as string });
    at = iEnd;
  }
  for (; at < one.length; at++) rows.push({ kind: 'equal', text: one[at] as string });
  return rows;
}

interface Difference {
  readonly i: number;
  readonly j: number;
  readonly iEnd: number;
  readonly jEnd: number;
}

function differences(one: readonly string[], other: readonly string[], tick: () => void): Difference[] {
  const [n, m] = [one.length, other.length];
  const most = n + m + 1;
  const middle = most;
  /** The furthest step on each diagonal. */
  const furthest: (Step | undefined)[] = [];
  furthest[middle + 1] = { i: 0, j: -1, isEqual: true, previous: undefined };
  for (let d = 0; d < Math.min(most, MOST_LINES); d++) {
    for (let k = -d; k <= d; k += 2) {
      tick();
      const [below, above] = [furthest[middle + k - 1], furthest[middle + k + 1]];
      const goesDown = k === -d || (k !== d && (below as Step).i < (above as Step).i);
      const from = (goesDown ? above : below) as Step;
      let i = goesDown ? from.i : from.i + 1;
      let j = i - k;
      let step: Step = { i, j, isEqual: false, previous: lastEqual(from) };
      while (i < n && j < m && one[i] === other[j]) {
        i++;
        j++;
      }
      if (i !== step.i) step = { i, j, isEqual: true, previous: step };
      furthest[middle + k] = step;
      if (i >= n && j >= m) return listed(step);
    }
  }
  return [{ i: 0, j: 0, iEnd: n, jEnd: m }];
}

// The last step that ends equal lines; none before the first line.
function lastEqual(from: Step): Step | undefined {
  let step: Step | undefined = from;
  while (step !== undefined && step.j >= 0 && !step.isEqual && step.previous !== undefined) step = step.previous;
  return step !== undefined && step.i === 0 && step.j < 0 ? undefined : step;
}

function listed(last: Step): Difference[] {
  const found: Difference[] = [];
  let step: Step | undefined = last.isEqual ? last.previous : last;
  while (step !== undefined) {
    const { i: iEnd, j: jEnd }: Step = step;
    const start: Step | undefined = step.previous;
    const [i, j] = [start?.i ?? 0, start?.j ?? 0];
    if (i !== iEnd || j !== jEnd) found.unshift({ i, j, iEnd, jEnd });
    step = start?.isEqual === true ? start.previous : start;
  }
  return found;
}
