// The texts of paths, and the hints that suggest migrations.
import { fieldText } from '../evaluate/quoted.js';
import type { Expression, FieldPath } from '../parse/ast.js';
import { type Hint, hint } from '../parse/diagnostic.js';
import { isIdentifier } from '../parse/lexical.js';
import type { CollectionItem } from '../parse/schema-ast.js';
import type { Span } from '../parse/span.js';

/** A path as code, such as `.a.b`. */
export function textOfPath({ elements }: Pick<FieldPath, 'elements'>): string {
  return elements
    .map(({ key }, i) => {
      if (typeof key === 'string' && isIdentifier(key)) return `.${key}`;
      return `${i === 0 ? '.' : ''}[${typeof key === 'number' ? key : fieldText(key)}]`;
    })
    .join('');
}

/** An expression as it was written. */
export const textOfExpression = ({ span }: Expression): string =>
  span.source.text?.slice(span.start, span.end) ?? '<expr>';

export const startOf = (span: Span): Span => ({ ...span, end: span.start });
export const endOf = (span: Span): Span => ({ ...span, start: span.end });
/** Before the brace that closes an item or a block. */
export const beforeEnd = (span: Span): Span => ({ ...span, start: span.end - 1, end: span.end - 1 });

/** Suggests statements at the end of the block of migrations, or in a new block at `noBlock`. */
export function suggestion(
  { migrations }: CollectionItem,
  noBlock: Span,
  message: string,
  statements: readonly string[],
): Hint {
  if (migrations) return hint(message, beforeEnd(migrations.span), `  ${statements.join('\n    ')}\n`);
  return hint(message, noBlock, `migrations {\n    ${statements.join('\n    ')}\n  }\n`);
}
