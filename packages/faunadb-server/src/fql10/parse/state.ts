import type { Diagnostic } from './diagnostic.js';
import type { Source, Span } from './span.js';
import { NULL_SOURCE, NULL_SPAN } from './span.js';

/** State of a parse beside its position. */
export class ParserState {
  /** Errors that rules reported themselves; kept even if the parser backtracked. */
  readonly errors: Diagnostic[] = [];
  /** Where the last comment between the items of a schema file is. */
  comment: { readonly start: number; readonly end: number } | undefined;
  #templates = 0;

  constructor(
    readonly source: Source,
    /** Whether the text contains marks that stand for values. */
    readonly isTemplate = false,
    /** Where the text begins in its source. */
    readonly offset = 0,
  ) {}

  span(start: number, end: number): Span {
    return this.source === NULL_SOURCE
      ? NULL_SPAN
      : { start: start + this.offset, end: end + this.offset, source: this.source };
  }

  /** The variable for the next value of a template: `$0`, `$1`, … */
  nextTemplateVariable(): string {
    return `$${this.#templates++}`;
  }
}
