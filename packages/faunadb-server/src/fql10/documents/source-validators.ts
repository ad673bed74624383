// Validators of fields that contain source code.

import { failure, type Path, type Validator } from '../evaluate/shape.js';
import { type Arity, accepts, arityText } from '../evaluate/values.js';
import { type Diagnostic, error, render } from '../parse/diagnostic.js';
import { parseExpression, parseLambda, parseSchemaType, parseType } from '../parse/parse.js';
import type { Source } from '../parse/span.js';

// Errors name the source after the innermost enclosing field with a known name.
const sourceOf = (path: Path, text: string): Source => ({ name: `*${String(path.at(-1))}*`, text });
const rendered = (errors: readonly Diagnostic[]): string => errors.map((each) => render(each)).join('\n');

/**
 * The body of a function.
 *
 * @param allowsShort whether it may be written as `.field`
 */
export const lambdaValidator =
  (arity: Arity | undefined, allowsShort = true): Validator =>
  (value, _, path) => {
    if (typeof value !== 'string') return [];
    const wrong = (detail: string) => [failure(path, `Unable to parse FQL source code.\n${detail.trim()}`)];
    const read = parseLambda(value, sourceOf(path, value));
    if (!read.ok) return wrong(rendered(read.errors));
    const lambda = read.value;
    if (lambda.short && !allowsShort) {
      return wrong(rendered([error('Short form lambdas are not allowed here', lambda.span)]));
    }
    const count = lambda.parameters.length;
    if (arity === undefined || accepts(arity, count)) return [];
    return [
      failure(
        path,
        `Invalid function arity. Expected ${arityText(arity)}, but the function was defined with ${count} arguments`,
      ),
    ];
  };

/** An expression. */
export const expressionValidator: Validator = (value, _, path) => {
  const read = typeof value === 'string' ? parseExpression(value, sourceOf(path, value)) : undefined;
  if (!read || read.ok) return [];
  return [failure(path, `Unable to parse FQL source code.\n${rendered(read.errors)}`)];
};

const signatureValidator =
  (parse: typeof parseType | typeof parseSchemaType): Validator =>
  (value, _, path) => {
    if (typeof value !== 'string') return [];
    const read = parse(value, sourceOf(path, value));
    return read.ok ? [] : [failure(path, `Failed parsing user-provided signature.\n${rendered(read.errors)}`)];
  };

/** A type. */
export const typeValidator = signatureValidator(parseType);
/** The type of a field, which may contain defaults. */
export const schemaTypeValidator = signatureValidator(parseSchemaType);
