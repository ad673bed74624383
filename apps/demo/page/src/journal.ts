import { byId, element } from './dom.js';

/** The outcome of a query. */
export interface Outcome {
  /** The query, in FQL. */
  readonly expression: string;
  /** The HTTP status of the answer; undefined if there was none. */
  readonly status: number | undefined;
  readonly milliseconds: number;
}

const LONGEST = 30;

/** Writes a query and its answer at the top of the journal. */
export function record({ expression, status, milliseconds }: Outcome): void {
  const kind = status === undefined ? 'away' : status < 300 ? 'done' : 'refused';
  const code = element('code', '', expression);
  code.title = expression;
  const journal = byId('journal');
  journal.prepend(
    element(
      'li',
      kind,
      element('span', 'status', String(status ?? 'no answer')),
      code,
      element('span', 'took', `${milliseconds.toFixed(0)} ms`),
    ),
  );
  while (journal.childElementCount > LONGEST) journal.lastElementChild?.remove();
}

/** Clears the journal: the next user of this window must not see the last user's queries. */
export function forget(): void {
  byId('journal').replaceChildren();
}
