// The grammar of expressions and statements.
import type { Expression, Field, Link, Literal, Name, Pattern, Statement } from './ast.js';
import { THIS } from './ast.js';
import { error, hint, TEMPLATE_SIGN } from './diagnostic.js';
import {
  failWith,
  INVALID_IDENTIFIER,
  identifier,
  identifierRest,
  nameOf,
  nl,
  number,
  plainIdentifier,
  RESERVED_VARIABLES,
  spanned,
  statementSeparator,
  T,
  ws,
} from './lexical.js';
import { patternRule } from './patterns.js';
import {
  CUT,
  captured,
  chain,
  cut,
  either,
  end,
  fail,
  index,
  later,
  literal,
  map,
  not,
  oneOf,
  optional,
  part,
  pass,
  type Rule,
  type Run,
  repeat,
  separated,
  sequence,
  unit,
} from './peg.js';
import { type Span, through } from './span.js';
import { heredoc, type Interpolated, interpolated, interpolatedHeredoc, singleQuoted } from './strings.js';
import { setExpressionRules, typeRule } from './types.js';

const none = undefined as never;

/** The precedence of operators: higher binds tighter. */
export const PRECEDENCE: Readonly<Record<string, number>> = {
  '??': 0,
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '=~': 3,
  '!~': 3,
  '>': 4,
  '<': 4,
  '>=': 4,
  '<=': 4,
  isa: 5,
  '|': 6,
  '^': 7,
  '&': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
};

// Reports an error and continues.
const report = (run: Run, diagnostic: ReturnType<typeof error>) => void run.state.errors.push(diagnostic);

/** An expression without trailing blanks; `short` is whether it may be a lambda such as `.field`. */
const expression0 = (short: boolean): Rule<Expression> => {
  const any = later(() => anyExpression);
  return part((run) => {
    const value = any(run);
    if (!run.ok) return none;
    if (!short && value.kind === 'lambda' && value.short)
      report(run, error('Invalid anonymous field access', value.span));
    return pass(value)(run);
  });
};
const withBlanks = (rule: Rule<Expression>): Rule<Expression> =>
  part(
    map(sequence(rule, nl), ([value]) => value),
    'expression',
  );

/** An expression without trailing blanks. */
export const expressionRule: Rule<Expression> = expression0(false);
/** An expression, or a lambda such as `.field`, without trailing blanks. */
export const shortExpressionRule: Rule<Expression> = expression0(true);
const expression = withBlanks(expressionRule);
/** An expression, or a lambda such as `.field`, with trailing blanks. */
export const shortExpression = withBlanks(shortExpressionRule);

// --- literals and strings

const literalOf = (value: Literal, span: Span): Expression => ({ kind: 'literal', literal: value, span });
const literalExpression = part(
  either<Expression>(
    part(spanned(T.null, (_, span) => literalOf({ kind: 'null' }, span))),
    part(spanned(T.true, (_, span) => literalOf({ kind: 'boolean', value: true }, span))),
    part(spanned(T.false, (_, span) => literalOf({ kind: 'boolean', value: false }, span))),
    part(spanned(number, literalOf)),
    part(spanned(either(heredoc, singleQuoted), (value, span) => literalOf({ kind: 'string', value }, span))),
  ),
);

const embedded: Rule<Expression> = part(map(sequence(nl, expression), ([, value]) => value));
const interpolatedString = interpolated(embedded);

type TemplatePart = string | { readonly value: Expression };
const templateString: Rule<Expression> = part((run) => {
  const found = templateParts(run);
  if (!run.ok) return none;
  const [start, parts, end] = found;
  const span = run.state.span(start, end);
  if (parts.length === 0) return literalOf({ kind: 'string', value: '' }, span);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return literalOf({ kind: 'string', value: only }, span);
  return { kind: 'template', parts: parts.map((each) => (typeof each === 'string' ? each : each.value)), span };
});
const templateParts = sequence(
  index,
  either<readonly TemplatePart[]>(interpolatedString, interpolatedHeredoc(embedded)),
  index,
);

// --- lists in parentheses

interface List {
  readonly elements: readonly Expression[];
  /** Whether they can be the parameter names of a lambda. */
  readonly names: boolean;
}
const expressionList: Rule<List> = map(
  optional(sequence(part(separated(shortExpression, T.comma, 1), 'expression'), optional(T.comma))),
  (found) => {
    const elements = found?.[0] ?? [];
    return { elements, names: elements.every(({ kind }) => kind === 'identifier') };
  },
);

// --- objects and blocks

const keyString: Rule<string> = chain(sequence(index, interpolatedString, index), ([start, parts, end]) => {
  const [only] = parts;
  if (only === undefined) return pass('');
  if (parts.length === 1 && typeof only === 'string') return pass(only);
  const first = parts.find((each): each is Exclude<Interpolated<Expression>, string> => typeof each !== 'string');
  if (first === undefined) return pass(parts.join(''));
  return failWith((span) =>
    error('Object keys do not support interpolation', first.value.span, {
      hints: [
        hint('Add a backslash to ignore the interpolation', span(first.start, first.start), '\\'),
        hint('Use Object.fromEntries if you need a dynamic key', span(start, end)),
      ],
    }),
  );
});
/** The name of a field: a word or a string. */
export const fieldName: Rule<Name> = part(spanned(either(plainIdentifier, singleQuoted, keyString), nameOf));

const objectFields = part(
  sequence(
    separated(
      map(sequence(fieldName, ws, T.colon, expression), ([name, , , value]): Field => [name, value]),
      T.comma,
      1,
    ),
    optional(T.comma),
  ),
);
const objectBody: Rule<readonly Field[]> = (run) => {
  const found = part(objectFields, 'expression')(run);
  if (!run.ok) return none;
  const [fields] = found;
  const seen = new Map<string, Name>();
  for (const [name] of fields) {
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name);
    else report(run, error('Duplicate key', name.span, { hints: [hint('Key originally used here', first.span)] }));
  }
  return pass(fields)(run);
};

const letStatement: Rule<Statement> = (run) => {
  const found = letParts(run);
  if (!run.ok) return none;
  const [start, , name, , type, , value] = found;
  if (RESERVED_VARIABLES.has(name.text)) return failWith(() => INVALID_IDENTIFIER(name))(run);
  return pass<Statement>({
    kind: 'let',
    name,
    type: type?.[1],
    value,
    span: { ...value.span, start: start + run.state.offset },
  })(run);
};
const letParts = part(
  sequence(
    index,
    T.let,
    identifier,
    nl,
    optional(
      sequence(
        T.colon,
        later(() => typeRule),
      ),
    ),
    T.equals,
    expressionRule,
  ),
);
const expressionStatement: Rule<Statement> = map(expressionRule, (value) => ({
  kind: 'expression',
  expression: value,
  span: value.span,
}));
const statements: Rule<Statement[]> = separated(either(letStatement, expressionStatement), statementSeparator);
const blockStatements: Rule<Statement[]> = map(
  part(sequence(statements, optional(statementSeparator))),
  ([found]) => found,
);

const unexpectedEnd = (what: 'query' | 'block') => (at: number) =>
  failWith((span) => error(`Unexpected end of ${what}. Expected statement or expression`, span(at, at + 1)));
const blanksThen = <T>(next: (at: number) => Rule<T>): Rule<T> => chain(sequence(nl, index), ([, at]) => next(at));

/** Statements, the last of which has a value. */
const body = (what: 'query' | 'block'): Rule<readonly Statement[]> =>
  chain(blockStatements, (found): Rule<readonly Statement[]> => {
    const last = found.at(-1);
    if (last === undefined) return blanksThen(unexpectedEnd(what));
    if (last.kind === 'expression') return map(nl, () => found);
    return blanksThen((at) =>
      failWith((span) =>
        error('Missing return expression', span(at, at + 1), {
          hints: [{ name: 'cause', message: 'Statement does not return a value', span: last.span }],
        }),
      ),
    );
  });
/** A block's statements, without the braces. */
export const blockBody: Rule<readonly Statement[]> = body('block');

type ObjectOrBlock = { readonly fields: readonly Field[] } | { readonly statements: readonly Statement[] };
const objectOrBlock: Rule<Expression> = part((run) => {
  const found = objectOrBlockParts(run);
  if (!run.ok) return none;
  const [start, , content, end] = found;
  const span = run.state.span(start, end);
  return 'fields' in content
    ? { kind: 'object', fields: content.fields, span }
    : { kind: 'block', statements: content.statements, span };
});
const objectOrBlockParts = part(
  sequence(
    index,
    T.openBrace,
    either<ObjectOrBlock>(
      map(sequence(T.closeBrace, pass(undefined)), () => ({ fields: [] })),
      map(sequence(objectBody, cut(T.closeBrace)), ([fields]) => ({ fields })),
      map(sequence(blockBody, cut(T.closeBrace)), ([found]) => ({ statements: found })),
    ),
    CUT,
    index,
  ),
);

// --- chains of methods

// A link, before it is known whether a call follows a field.
type Raw = Exclude<Link, { kind: 'method' }>;

const selector = part(spanned(plainIdentifier, nameOf));
const select: Rule<Name> = map(part(sequence(selector, ws)), ([name]) => name);
const selectLink = (start: number, end: number, field: Name, optionalDot: boolean, run: Run): Raw => {
  const dotSpan = run.state.span(start, end);
  return { kind: 'select', dotSpan, field, optional: optionalDot, span: through(dotSpan, field.span) };
};
const selectRight: Rule<Raw> = part((run) => {
  const found = selectParts(run);
  return run.ok ? selectLink(found[1], found[3], found[4], false, run) : none;
});
const selectParts = sequence(nl, index, T.dot, index, select);

const applyRight: Rule<Raw & { kind: 'apply' }> = part((run) => {
  const found = applyParts(run);
  if (!run.ok) return none;
  const span = run.state.span(found[0], found[4]);
  return { kind: 'apply', arguments: found[2].elements, optional: undefined, applySpan: span, span };
});
const applyParts = sequence(index, T.openParen, expressionList, T.closeParen, index, ws);
const accessRight: Rule<Raw & { kind: 'access' }> = part((run) => {
  const found = accessParts(run);
  if (!run.ok) return none;
  const span = run.state.span(found[0], found[4]);
  return { kind: 'access', arguments: found[2].elements, optional: undefined, accessSpan: span, span };
});
const accessParts = sequence(index, T.openBracket, expressionList, T.closeBracket, index, ws);

const optionalRight: Rule<Raw> = part(
  chain(
    sequence(nl, index, T.optionalDot, index),
    ([, start, , end]): Rule<Raw> =>
      either<Raw>(
        (run) => {
          const link = applyRight(run);
          if (!run.ok) return none;
          const dot = run.state.span(start, end);
          return { ...link, optional: dot, span: through(dot, link.applySpan) };
        },
        (run) => {
          const link = accessRight(run);
          if (!run.ok) return none;
          const dot = run.state.span(start, end);
          return { ...link, optional: dot, span: through(dot, link.accessSpan) };
        },
        (run) => {
          const field = select0(run);
          return run.ok ? selectLink(start, end, field, true, run) : none;
        },
      ),
  ),
);
const select0: Rule<Name> = map(sequence(selector, ws), ([name]) => name);
const bangRight: Rule<Raw> = part((run) => {
  const found = bangParts(run);
  return run.ok ? { kind: 'bang', span: run.state.span(found[1], found[3]) } : none;
});
const bangParts = sequence(not(either(literal('!='), literal('!~'))), index, T.bang, index, ws);

const methodChain: Rule<readonly Raw[]> = part(
  repeat(either<Raw>(optionalRight, selectRight, applyRight, accessRight, bangRight)),
);

const unlinked = (link: Link): Raw[] =>
  link.kind !== 'method'
    ? [link]
    : [
        {
          kind: 'select',
          dotSpan: link.dotSpan,
          field: link.field,
          optional: link.selectOptional,
          span: through(link.dotSpan, link.field.span),
        },
        {
          kind: 'apply',
          arguments: link.arguments,
          optional: link.applyOptional,
          applySpan: link.applySpan,
          span: link.applyOptional === undefined ? link.applySpan : through(link.applyOptional, link.applySpan),
        },
      ];

function chained(head: Expression, added: readonly Raw[]): Expression {
  if (added.length === 0) return head;
  if (head.kind === 'lambda' && head.short) return shortLambda(chained(head.body, added));
  // The head is a chain itself, as `.foo` of a short lambda: what follows continues it.
  const raw = head.kind === 'chain' ? [...head.links.flatMap(unlinked), ...added] : added;
  const start = head.kind === 'chain' ? head.head : head;
  const links: Link[] = [];
  for (let i = 0; i < raw.length; i++) {
    const link = raw[i] as Raw;
    const next = raw[i + 1];
    if (link.kind === 'select' && next?.kind === 'apply') {
      links.push({
        kind: 'method',
        dotSpan: link.dotSpan,
        field: link.field,
        arguments: next.arguments,
        selectOptional: link.optional,
        applyOptional: next.optional,
        applySpan: next.applySpan,
        span: through(link.dotSpan, next.applySpan),
      });
      i++;
    } else links.push(link);
  }
  return { kind: 'chain', head: start, links, span: through(start.span, (links.at(-1) as Link).span) };
}

const shortLambda = (inner: Expression): Expression => ({
  kind: 'lambda',
  parameters: [{ text: THIS, span: inner.span }],
  variadic: undefined,
  body: inner,
  short: true,
  span: inner.span,
});

const anonymousChain: Rule<Expression> = part((run) => {
  const found = anonymousParts(run);
  if (!run.ok) return none;
  const [start, , end, first] = found;
  const subject: Expression = { kind: 'identifier', name: THIS, span: run.state.span(start, start) };
  const link = 'kind' in first ? first : selectLink(start, end, first, false, run);
  return shortLambda(chained(subject, [link]));
});
const anonymousParts = part(sequence(index, T.dotUncut, index, either<Name | Raw>(select, applyRight, accessRight)));

// --- terms

const placeholder: Rule<Expression> = (run) => {
  if (!run.state.isTemplate) return fail(run);
  const span = placeholderRule(run);
  return run.ok ? { kind: 'identifier', name: run.state.nextTemplateVariable(), span } : none;
};
const placeholderRule = part(spanned(literal(`${TEMPLATE_SIGN}value>`), (_, span) => span));

const array: Rule<Expression> = part((run) => {
  const found = arrayParts(run);
  return run.ok ? { kind: 'array', elements: found[2], span: run.state.span(found[0], found[5]) } : none;
});
const arrayParts = part(
  sequence(index, T.openBracket, separated(expression, T.comma), optional(T.comma), T.closeBracket, index),
);
const tuple: Rule<Expression> = part((run) => {
  const found = tupleParts(run);
  return run.ok ? { kind: 'tuple', elements: found[1].elements, span: run.state.span(found[0], found[2]) } : none;
});
const tupleParts = part(
  sequence(index, part(map(sequence(T.openParen, expressionList, cut(T.closeParen)), ([, list]) => list)), index),
);
const identifierExpression: Rule<Expression> = map(part(identifier), ({ text, span }) => ({
  kind: 'identifier',
  name: text,
  span,
}));

const plainBase0 = either<Expression>(literalExpression, templateString, objectOrBlock, array, anonymousChain);
const templateBase0 = either<Expression>(
  placeholder,
  literalExpression,
  templateString,
  objectOrBlock,
  array,
  anonymousChain,
);
const base0: Rule<Expression> = part((run) => (run.state.isTemplate ? templateBaseRule : plainBaseRule)(run));
const plainBaseRule = map(sequence(plainBase0, ws), ([value]) => value);
const templateBaseRule = map(sequence(templateBase0, ws), ([value]) => value);
const term0: Rule<Expression> = map(
  part(sequence(either<Expression>(base0, tuple, identifierExpression), ws)),
  ([value]) => value,
);

const withChain = (rule: Rule<Expression>): Rule<Expression> =>
  map(part(sequence(rule, methodChain)), ([head, links]) => chained(head, links));
const unary: Rule<Expression> = (run) => {
  const found = unaryParts(run);
  if (!run.ok) return none;
  const [operator, , operand] = found;
  const make = (left: Expression): Expression => {
    const span = through(operator.span, left.span);
    return { kind: 'operator', left, operator, right: undefined, rightSpan: span, span: through(left.span, span) };
  };
  return operand.kind === 'lambda' && operand.short ? shortLambda(make(operand.body)) : make(operand);
};
const unaryOperator = spanned(
  captured(unit((code) => code === 0x2d || code === 0x7e || code === 0x21, '[\\\\-~!]')),
  nameOf,
);
const unaryParts = part(
  sequence(
    unaryOperator,
    CUT,
    ws,
    later(() => term),
  ),
);
const baseTerm: Rule<Expression> = part(either<Expression>(withChain(base0), unary));
const term: Rule<Expression> = part(either<Expression>(withChain(term0), unary));

// --- operators

interface Operation {
  readonly operator: Name;
  readonly right: Expression;
}
const wordOperator: Rule<string> = part(cut(captured(sequence(oneOf('isa'), not(identifierRest)))));
const lineOperator: Rule<string> = part(
  map(sequence(nl, cut(captured(oneOf('??', '||', '&&', '|', '^', '&')))), ([, text]) => text),
);
const plainOperator: Rule<string> = part(
  map(
    sequence(
      // What begins a comment is not a division.
      not(either(literal('//'), literal('/*'), literal('->'))),
      cut(captured(oneOf('==', '!=', '=~', '!~', '>', '<', '>=', '<=', '+', '-', '*', '/', '%', '**'))),
    ),
    ([, text]) => text,
  ),
);
const operationRule: Rule<Operation> = (run) => {
  const found = operationParts(run);
  return run.ok ? { operator: found[0], right: found[2] } : none;
};
// An operator on the next line is read with the preceding blanks, but its span excludes them.
const operatorName: Rule<Name> = part((run) => {
  const found = operatorParts(run);
  return run.ok ? { text: found[1], span: run.state.span(found[0], found[2]) } : none;
});
const operatorParts = sequence(index, either<string>(plainOperator, lineOperator, wordOperator), index);
const operationParts = sequence(operatorName, nl, CUT, term);
const operations: Rule<readonly Operation[]> = part(repeat(operationRule));

function operated(first: Expression, given: readonly Operation[]): Expression {
  if (given.length === 0) return first;
  const operands: Expression[] = [first];
  const pending: Name[] = [];
  let short = false;
  const unwrapped = (operand: Expression): Expression => {
    if (operand.kind === 'lambda' && operand.short) {
      short = true;
      return operand.body;
    }
    const [only] = operand.kind === 'tuple' && operand.elements.length === 1 ? operand.elements : [];
    if (operand.kind === 'tuple' && only?.kind === 'lambda' && only.short) {
      short = true;
      return { ...operand, elements: [only.body] };
    }
    return operand;
  };
  const apply = (operator: Name) => {
    const right = unwrapped(operands.pop() as Expression);
    const left = unwrapped(operands.pop() as Expression);
    operands.push({
      kind: 'operator',
      left,
      operator,
      right,
      rightSpan: right.span,
      span: through(left.span, right.span),
    });
  };
  for (const { operator, right } of given) {
    const precedence = PRECEDENCE[operator.text] as number;
    for (let top = pending.at(-1); top !== undefined; top = pending.at(-1)) {
      const other = PRECEDENCE[top.text] as number;
      if (!(other > precedence || (other === precedence && top.text !== '**'))) break;
      apply(pending.pop() as Name);
    }
    pending.push(operator);
    operands.push(right);
  }
  while (pending.length > 0) apply(pending.pop() as Name);
  const result = operands.pop() as Expression;
  return short ? shortLambda(result) : result;
}

// --- projection

interface Projection {
  readonly fields: readonly Field[];
  readonly all: boolean;
  readonly end: number;
}
const projection: Rule<Projection | undefined> = part((run) => projectionRule(run));
const projectionRule: Rule<Projection | undefined> = map(
  optional(
    sequence(
      T.openBrace,
      either<readonly Field[] | undefined>(
        map(T.star, () => undefined),
        map(
          part(
            sequence(
              separated(
                later(() => projectionElement),
                T.comma,
                1,
              ),
              optional(T.comma),
            ),
            'identifier',
          ),
          ([fields]) => fields,
        ),
      ),
      T.closeBrace,
      index,
      ws,
    ),
  ),
  (found) => (found === undefined ? undefined : { fields: found[1] ?? [], all: found[1] === undefined, end: found[3] }),
);
const unshort = (value: Expression): Expression => (value.kind === 'lambda' && value.short ? value.body : value);
const projectionElement: Rule<Field> = part(
  either<Field>(
    map(sequence(identifier, ws, T.colon, shortExpression, nl), ([name, , , value]): Field => [name, unshort(value)]),
    (run) => {
      const found = shorthandElement(run);
      if (!run.ok) return none;
      const [name, , inner] = found;
      const at = { ...name.span, end: name.span.start };
      const field: Expression = {
        kind: 'chain',
        head: { kind: 'identifier', name: THIS, span: at },
        links: [{ kind: 'select', dotSpan: at, field: name, optional: false, span: through(at, name.span) }],
        span: name.span,
      };
      return [name, projected(field, inner, run)];
    },
  ),
);
const shorthandElement = sequence(identifier, ws, projection, nl);

function projected(subject: Expression, given: Projection | undefined, run: Run): Expression {
  if (given === undefined) return subject;
  if (subject.kind === 'lambda' && subject.short) return shortLambda(projected(subject.body, given, run));
  const span = { ...subject.span, end: given.end + run.state.offset };
  return given.all ? { kind: 'projectAll', subject, span } : { kind: 'project', subject, fields: given.fields, span };
}

// --- expressions

const right = part(sequence(methodChain, operations, projection));
const complete = (
  head: Expression,
  [links, added, fields]: [readonly Raw[], readonly Operation[], Projection | undefined],
  run: Run,
): Expression => projected(operated(chained(head, links), added), fields, run);

const ifExpression: Rule<Expression> = part((run) => {
  const found = ifParts(run);
  if (!run.ok) return none;
  const [start, , , condition, , , then, otherwise] = found;
  const last = otherwise?.[2] ?? then;
  return {
    kind: 'if',
    condition,
    then,
    otherwise: otherwise?.[2],
    span: { ...last.span, start: start + run.state.offset },
  };
});
const ifParts = part(
  sequence(
    index,
    T.if,
    T.openParen,
    expression,
    T.closeParen,
    nl,
    expressionRule,
    optional(sequence(nl, T.else, expressionRule)),
  ),
);
const atExpression: Rule<Expression> = part((run) => {
  const found = atParts(run);
  if (!run.ok) return none;
  const [start, , , time, , , inner] = found;
  return { kind: 'at', time, body: inner, span: { ...inner.span, start: start + run.state.offset } };
});
const atParts = part(sequence(index, T.at, T.openParen, expression, T.closeParen, nl, expressionRule));

const matchExpression: Rule<Expression> = part((run) => {
  const found = matchParts(run);
  if (!run.ok) return none;
  const [start, , subject, branches, end] = found;
  return { kind: 'match', subject, branches, span: run.state.span(start, end) };
});
const matchCase: Rule<readonly [Pattern, Expression]> = map(
  part(
    sequence(
      T.case,
      later(() => patternRule),
      T.arrow,
      expressionRule,
    ),
  ),
  ([, pattern, , value]) => [pattern, value],
);
const matchBody = map(
  part(sequence(T.openBrace, separated(matchCase, statementSeparator), optional(statementSeparator), T.closeBrace)),
  ([, branches]) => branches,
);
const matchParts = part(sequence(index, T.match, withChain(term), matchBody, index, cut(ws)));

const baseExpression: Rule<Expression> = part((run) => {
  const found = baseParts(run);
  return run.ok ? complete(found[0], found[1], run) : none;
}, 'expression');
const baseParts = sequence(baseTerm, right);

const lambdaArrow: Rule<Expression | undefined> = map(
  part(optional(sequence(T.arrow, expressionRule))),
  (found) => found?.[1],
);
const withRight =
  (head: Expression): Rule<Expression> =>
  (run) => {
    const found = right(run);
    return run.ok ? complete(head, found, run) : none;
  };
const parameterOf = (name: Name): Name | undefined => (name.text === '_' ? undefined : name);

const identifierOrLambda: Rule<Expression> = chain(part(sequence(identifier, ws, lambdaArrow)), ([name, , inner]) =>
  inner === undefined
    ? withRight({ kind: 'identifier', name: name.text, span: name.span })
    : pass({
        kind: 'lambda',
        parameters: [parameterOf(name)],
        variadic: undefined,
        body: inner,
        short: false,
        span: through(name.span, inner.span),
      }),
);
const parenthesised = part(
  sequence(
    index,
    part(sequence(T.openParen, expressionList, optional(sequence(T.ellipsis, identifier)), cut(T.closeParen))),
    index,
    ws,
  ),
);
const tupleOrLambda: Rule<Expression> = chain(parenthesised, ([start, [, list, variadic], end]): Rule<Expression> => {
  if (!list.names) {
    if (variadic !== undefined) return failWith((span) => error('invalid variadic tuple', span(start, end)));
    return (run) => withRight({ kind: 'tuple', elements: list.elements, span: run.state.span(start, end) })(run);
  }
  return chain(lambdaArrow, (inner): Rule<Expression> => {
    if (inner === undefined)
      return (run) => withRight({ kind: 'tuple', elements: list.elements, span: run.state.span(start, end) })(run);
    const names = list.elements.map(
      (each): Name => ({ text: (each as Expression & { kind: 'identifier' }).name, span: each.span }),
    );
    return (run) => {
      const seen = new Map<string, Name>();
      for (const name of variadic === undefined ? names : [...names, variadic[1]]) {
        if (name.text === '_') continue;
        const first = seen.get(name.text);
        if (first === undefined) seen.set(name.text, name);
        else
          report(
            run,
            error('Duplicate lambda argument', name.span, {
              hints: [hint('Argument originally defined here', first.span)],
            }),
          );
      }
      return pass<Expression>({
        kind: 'lambda',
        parameters: names.map(parameterOf),
        variadic: variadic === undefined ? undefined : { name: parameterOf(variadic[1]) },
        body: inner,
        short: false,
        span: { ...inner.span, start: start + run.state.offset },
      })(run);
    };
  });
});

const anyExpression: Rule<Expression> = either<Expression>(
  ifExpression,
  atExpression,
  matchExpression,
  baseExpression,
  identifierOrLambda,
  tupleOrLambda,
);

// --- whole texts

/** A query: statements, the last of which has the value. */
export const queryRule: Rule<Expression> = (run) => {
  const found = queryParts(run);
  return run.ok ? { kind: 'block', statements: found[2], span: run.state.span(found[1], found[3]) } : none;
};

/** A single expression. */
export const onlyExpression = (short: boolean): Rule<Expression> => {
  const rule = part(sequence(nl, short ? shortExpression : expression, end));
  return map(rule, ([, value]) => value);
};

/** The body of a function: one lambda. */
const lambdaBody: Rule<Expression> = chain(statements, (found): Rule<Expression> => {
  const [only] = found;
  if (only === undefined) return blanksThen(unexpectedEnd('query'));
  const value = only.kind === 'expression' ? only.expression : undefined;
  if (found.length === 1 && value !== undefined) {
    if (value.kind === 'lambda' && !value.short) return map(nl, () => value);
    const [inner] = value.kind === 'tuple' && value.elements.length === 1 ? value.elements : [];
    if (inner?.kind === 'lambda' && inner.short) return map(nl, () => inner);
    if (value.kind === 'lambda') return (run) => (run.state.errors.length > 0 ? fail(run) : notLambda(true)(run));
  }
  return notLambda(found.length === 1);
});
const notLambda = (single: boolean): Rule<never> =>
  blanksThen((at) =>
    failWith((span) =>
      error('Body must be a lambda expression.', span(0, at), {
        annotation: 'Expression is not a lambda.',
        hints: single ? [hint('Declare a lambda.', span(0, 0), '() => ')] : [],
      }),
    ),
  );
export const lambdaRule: Rule<Expression> = (run) => {
  const found = lambdaParts(run);
  return run.ok ? found[1] : none;
};

const queryParts = part(sequence(nl, index, body('query'), index, nl, end));
const lambdaParts = part(sequence(nl, lambdaBody, end));

setExpressionRules({ expression: expressionRule, fieldName });
