// The grammar of schema files. It accepts items and members of any name, so that `schema-items.ts` can say what is wrong.
import type { Expression, FieldPath, Name, TypeExpression } from './ast.js';
import { error } from './diagnostic.js';
import { blockBody, expressionRule, shortExpression } from './expressions.js';
import {
  blockComment,
  charIn,
  identifier,
  lineComment,
  nl,
  spaces,
  spanned,
  statementSeparator,
  T,
  ws,
} from './lexical.js';
import { fieldPathRule } from './parse.js';
import {
  ahead,
  chain,
  cut,
  either,
  end,
  fail,
  index,
  later,
  literal,
  map,
  opaque,
  optional,
  part,
  pass,
  type Rule,
  type Run,
  repeat,
  separated,
  sequence,
  uncut,
} from './peg.js';
import { type Span, through } from './span.js';
import { quoted } from './strings.js';
import { type Partial, partialTypeRule, typeRule0 } from './types.js';

const none = undefined as never;

export interface AnnotationNode {
  readonly keyword: Name;
  readonly value: Name;
  readonly span: Span;
}

/** An item or member as written. A field's keyword is {@link FIELD}. */
export interface Node {
  readonly annotations: readonly AnnotationNode[];
  readonly keyword: Name;
  readonly name: Name | undefined;
  readonly value: NodeValue | undefined;
  readonly span: Span;
  readonly docComment: Span | undefined;
}

/** The keyword of fields, which have none of their own. */
export const FIELD = 'field';

export interface ParameterNode {
  readonly name: Name;
  readonly type: TypeExpression | undefined;
  readonly variadic: boolean;
  readonly span: Span;
}

/** What stands after the keyword and name. */
export type NodeValue =
  | { readonly kind: 'block'; readonly open: Span; readonly items: readonly Node[]; readonly span: Span }
  | { readonly kind: 'paths'; readonly paths: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'literal'; readonly expression: Expression; readonly span: Span }
  | FieldNode
  | {
      readonly kind: 'function';
      readonly open: Span;
      readonly close: Span;
      readonly parameters: readonly ParameterNode[];
      readonly result: { readonly type: TypeExpression; readonly span: Span } | undefined;
      readonly body: Expression & { readonly kind: 'block' };
      readonly span: Span;
    }
  | MigrationNode
  | { readonly kind: 'invalid'; readonly span: Span };

/** What may stand after a keyword. */
type PlainValue = Exclude<NodeValue, FieldNode>;

export interface FieldNode {
  readonly kind: 'field';
  readonly fieldKind: 'defined' | 'computed' | 'wildcard';
  readonly type: { readonly type: Partial; readonly span: Span } | undefined;
  readonly value: (NodeValue & { readonly kind: 'literal' }) | undefined;
  readonly span: Span | undefined;
}

/** A statement of a migration block; `paths` are in the order in which they are written. */
export interface MigrationNode {
  readonly kind: 'migration';
  readonly statement: string;
  readonly paths: readonly FieldPath[];
  readonly value: Expression | undefined;
  readonly span: Span;
}

const node = (keyword: Name, name: Name | undefined, value: NodeValue | undefined, span: Span): Node => ({
  annotations: [],
  keyword,
  name,
  value,
  span,
  docComment: undefined,
});

// --- names

const LEGACY = 'a-zA-Z0-9;@+$_.!~%-';
const LEGACY_SHOWN = 'a-zA-Z0-9;@+$\\\\-_.!~%';
const quotedName = opaque(
  part(
    sequence(index, part(either<string>(quoted("'", LEGACY, LEGACY_SHOWN), quoted('"', LEGACY, LEGACY_SHOWN))), index),
  ),
  'name',
);
const legacyName: Rule<Name> = (run) => {
  const found = quotedName(run);
  if (!run.ok) return none;
  const [start, text, last] = found;
  return { text, span: run.state.span(start, last) };
};
const schemaName: Rule<Name> = part(either<Name>(identifier, legacyName), 'identifier');

const star: Rule<Name> = (run) => {
  const found = starParts(run);
  if (!run.ok) return none;
  return { text: '*', span: run.state.span(found[0], found[0] + 1) };
};
const starParts = sequence(index, T.star);

/** A keyword of a set; anything else is not this kind of item. */
const keywordOf = (name: Rule<Name>, keywords: ReadonlySet<string>): Rule<Name> =>
  chain(name, (found): Rule<Name> => (keywords.has(found.text) ? pass(found) : fail));
const identifierThenLines = part(map(sequence(identifier, nl), ([name]) => name));
const identifierThenBlanks = part(map(sequence(identifier, ws), ([name]) => name));

// --- values

const item: Rule<Node> = part((run) => {
  const found = itemParts(run);
  if (!run.ok) return none;
  const [start, annotations, inner, , semicolon] = found;
  const { offset } = run.state;
  const end = semicolon === undefined ? inner.span.end : semicolon + offset;
  return { ...inner, annotations, span: { ...inner.span, start: start + offset, end } };
});
const items: Rule<Node[]> = part(
  map(
    sequence(optional(statementSeparator), separated(item, statementSeparator), optional(statementSeparator)),
    ([, found]) => found,
  ),
);

const block: Rule<PlainValue> = part((run) => {
  const found = blockParts(run);
  if (!run.ok) return none;
  const [start, , inner, last] = found;
  const { state } = run;
  return { kind: 'block', open: state.span(start, start + 1), items: inner, span: state.span(start, last + 1) };
});
const blockParts = sequence(
  index,
  T.openBrace,
  later(() => items),
  index,
  T.closeBrace,
);

const paths: Rule<PlainValue> = part((run) => {
  const found = pathsParts(run);
  if (!run.ok) return none;
  const [start, , expressions, last] = found;
  return { kind: 'paths', paths: expressions, span: run.state.span(start, last + 1) };
});
const pathsParts = sequence(index, T.openBracket, separated(shortExpression, T.comma), index, T.closeBracket);

const literalValue: Rule<NodeValue & { readonly kind: 'literal' }> = part(
  map(expressionRule, (expression) => ({ kind: 'literal', expression, span: expression.span }) as const),
);
const value: Rule<PlainValue> = part(either<PlainValue>(block, paths, literalValue));

/** A type after `:`, with the colon in its span. */
const afterColon = <A extends { readonly span: Span }>(rule: Rule<A>) =>
  part(
    map(
      spanned(sequence(T.colon, rule), ([, type], span) => ({ type, start: span })),
      ({ type, start }) => ({
        type,
        span: through(start, type.span),
      }),
    ),
    'a type annotation',
  );
const colonType = afterColon(typeRule0);
const colonPartialType = afterColon(partialTypeRule);

// --- functions

const parameter: Rule<ParameterNode> = map(sequence(identifier, nl, optional(colonType)), ([name, , type]) => ({
  name,
  type: type?.type,
  variadic: false,
  span: type === undefined ? name.span : through(name.span, type.span),
}));
const variadicParameter: Rule<ParameterNode> = (run) => {
  const found = variadicParts(run);
  if (!run.ok) return none;
  const [start, , name, , type] = found;
  const span = { ...(type?.span ?? name.span), start: start + run.state.offset };
  return { name, type: type?.type, variadic: true, span };
};
const variadicParts = sequence(index, T.ellipsis, identifier, nl, optional(colonType));
const parameters: Rule<readonly ParameterNode[]> = part((run) => {
  const found = parametersParts(run);
  if (!run.ok) return none;
  const [given] = found;
  given.forEach((each, i) => {
    if (each.variadic && i < given.length - 1)
      run.state.errors.push(error('Variadic argument must be the last argument.', each.span));
  });
  const first = given.find((each) => each.variadic);
  return [...given.filter((each) => !each.variadic), ...(first === undefined ? [] : [first])];
});
const parametersParts = sequence(
  separated(either<ParameterNode>(parameter, variadicParameter), T.comma),
  optional(T.comma),
  nl,
);

type FunctionBody = Expression & { readonly kind: 'block' };
const functionBody0: Rule<FunctionBody> = part((run) => {
  const found = functionBodyParts(run);
  if (!run.ok) return none;
  const [start, , statements, last] = found;
  return { kind: 'block', statements, span: run.state.span(start, last + 1) };
});
const functionBodyParts = sequence(index, T.openBrace, blockBody, index, T.closeBrace);
const invalidCharacters: Rule<undefined> = (run) => {
  run.succeed(undefined, endOfInvalid(run));
  if (run.tracing) run.terminal(run.index, () => 'invalid-chars');
  return undefined;
};
/** A body, or the end of what should have been one. */
const functionBody: Rule<FunctionBody | number> = part(
  either<FunctionBody | number>(
    uncut(functionBody0),
    map(sequence(invalidCharacters, index), ([, last]) => last),
  ),
);
const functionValue: Rule<PlainValue> = part((run) => {
  const found = functionParts(run);
  if (!run.ok) return none;
  const [start, , given, close, , result, , body] = found;
  const { state } = run;
  if (typeof body === 'number') return { kind: 'invalid', span: state.span(start, body) };
  return {
    kind: 'function',
    open: state.span(start, start + 1),
    close: state.span(close, close + 1),
    parameters: given,
    result,
    body,
    span: { ...body.span, start: start + state.offset },
  };
});
const functionParts = sequence(
  index,
  T.openParen,
  parameters,
  index,
  T.closeParen,
  optional(colonType),
  nl,
  functionBody,
);

const keywordFunction = T.keyword('function');
const functionItem: Rule<Node> = part((run) => {
  const found = functionItemParts(run);
  if (!run.ok) return none;
  const [start, , name, , body] = found;
  return node({ text: 'function', span: run.state.span(start, start + 8) }, name, body, body.span);
});
const functionItemParts = sequence(index, keywordFunction, schemaName, ws, functionValue);

// --- other items

const GENERIC: ReadonlySet<string> = new Set([
  'collection',
  'role',
  'index',
  'terms',
  'values',
  'unique',
  'predicate',
  'migrations',
  'privileges',
  'membership',
  'history_days',
  'ttl_days',
  'check',
]);
const genericItem: Rule<Node> = part(
  map(
    sequence(
      keywordOf(identifierThenLines, GENERIC),
      optional(map(sequence(schemaName, ws), ([name]) => name)),
      optional(value),
    ),
    ([keyword, name, inner]) => node(keyword, name, inner, inner?.span ?? name?.span ?? keyword.span),
  ),
);

const accessProviderItem: Rule<Node> = part((run) => {
  const found = accessProviderParts(run);
  if (!run.ok) return none;
  const [start, , , second, , name, , inner] = found;
  const keyword = { text: 'access provider', span: run.state.span(start, second + 'provider'.length) };
  return node(keyword, name, inner, inner.span);
});
const accessProviderParts = sequence(
  index,
  T.keyword('access'),
  ws,
  index,
  T.keyword('provider'),
  schemaName,
  ws,
  value,
);

const compute = spanned(T.keyword('compute'), (_, span) => span);
/** A field: `name: Type = default`, `compute name: Type = lambda`, `*: Type`. */
const fieldItem: Rule<Node> = chain(
  part(
    sequence(
      optional(compute),
      either<Name>(schemaName, star),
      ws,
      optional(colonPartialType),
      ws,
      optional(map(sequence(T.equals, literalValue), ([, found]) => found)),
    ),
  ),
  ([computeSpan, name, , type, , given]): Rule<Node> => {
    const fieldKind = name.text === '*' ? 'wildcard' : computeSpan === undefined ? 'defined' : 'computed';
    // A word alone is another kind of member.
    if (fieldKind === 'defined' && type === undefined && given === undefined) return part(fail);
    if (fieldKind === 'wildcard' && type === undefined) return part(fail);
    const inner: FieldNode = {
      kind: 'field',
      fieldKind,
      type,
      value: given,
      span: type && given ? through(type.span, given.span) : (type?.span ?? given?.span),
    };
    const keyword = { text: FIELD, span: computeSpan ?? name.span };
    return pass(node(keyword, name, inner, through(name.span, given?.span ?? type?.span ?? name.span)));
  },
);

/** What a privilege allows. */
export const ACTIONS: ReadonlySet<string> = new Set([
  'create',
  'create_with_id',
  'delete',
  'read',
  'write',
  'history_read',
  'history_write',
  'unrestricted_read',
  'call',
]);
// Members that could not be told from their name or value if they had a name.
const NAMELESS: ReadonlySet<string> = new Set([...ACTIONS, 'issuer', 'jwks_uri', 'document_ttls']);
const namelessItem: Rule<Node> = part(
  map(sequence(keywordOf(identifierThenBlanks, NAMELESS), optional(value)), ([keyword, inner]) =>
    node(keyword, undefined, inner, inner?.span ?? keyword.span),
  ),
);

const path = fieldPathRule;
type Statement = Omit<MigrationNode, 'kind' | 'statement' | 'span'> & { readonly last: Span };
const onePath: Rule<Statement> = map(path, (found) => ({ paths: [found], value: undefined, last: found.span }));
const STATEMENTS: Readonly<Record<string, Rule<Statement | undefined>>> = {
  backfill: part(
    map(sequence(path, ws, T.equals, literalValue), ([found, , , given]) => ({
      paths: [found],
      value: given.expression,
      last: given.span,
    })),
  ),
  drop: onePath,
  split: map(sequence(path, ws, sequence(T.thinArrow, nl, separated(path, T.comma))), ([from, , [, , into]]) => ({
    paths: [from, ...into],
    value: undefined,
    last: (into.at(-1) ?? from).span,
  })),
  move: map(sequence(path, ws, sequence(T.thinArrow, path)), ([from, , [, to]]) => ({
    paths: [from, to],
    value: undefined,
    last: to.span,
  })),
  add: onePath,
  move_conflicts: onePath,
  move_wildcard: onePath,
  add_wildcard: pass(undefined),
};
const migrationItem: Rule<Node> = chain(
  cut(keywordOf(identifierThenBlanks, new Set(Object.keys(STATEMENTS)))),
  (keyword): Rule<Node> =>
    map(STATEMENTS[keyword.text] as Rule<Statement | undefined>, (found) => {
      const span = through(keyword.span, found?.last ?? keyword.span);
      const inner: MigrationNode = {
        kind: 'migration',
        statement: keyword.text,
        paths: found?.paths ?? [],
        value: found?.value,
        span,
      };
      return node(keyword, undefined, inner, span);
    }),
);

const invalidItem: Rule<Node> = part((run) => {
  const found = invalidParts(run);
  if (!run.ok) return none;
  const [keyword, , start, , last] = found;
  const span = run.state.span(start, last);
  return node(keyword, undefined, { kind: 'invalid', span }, through(keyword.span, span));
});
const invalidParts = sequence(identifier, ws, index, invalidCharacters, index);

const OPENING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The end of a text that is not an item: the end of its line, but not within brackets, strings or comments. */
function endOfInvalid({ text, index: start }: Run): number {
  const open: string[] = [];
  let at = start;
  const skip = (quote: string) => {
    for (at++; at < text.length && text[at] !== quote; at++) if (text[at] === '\\') at++;
  };
  for (; at < text.length; at++) {
    const character = text[at] as string;
    const next = text[at + 1];
    if (character === "'" || character === '"') skip(character);
    else if (character === '/' && next === '/') {
      while (at + 1 < text.length && text[at + 1] !== '\n' && text[at + 1] !== '\r') at++;
    } else if (character === '/' && next === '*') {
      let depth = 1;
      for (at += 2; at < text.length; at++) {
        if (text[at] === '/' && text[at + 1] === '*') depth++;
        else if (text[at] === '*' && text[at + 1] === '/' && --depth === 0) break;
      }
    } else if (open.length === 0 && '\r\n;}'.includes(character)) break;
    else if (character in OPENING) open.push(character);
    else if (character === '}') {
      if (open.pop() !== '{') break;
    } else if (character === ')' || character === ']') open.pop();
  }
  return Math.min(at, text.length);
}

const annotation: Rule<AnnotationNode> = spanned(
  sequence(T.atSign, keywordOf(identifierThenLines, new Set(['alias', 'role'])), T.openParen, schemaName, T.closeParen),
  ([, keyword, , name], span) => ({ keyword, value: name, span }),
);
const annotations = repeat(map(sequence(annotation, nl), ([found]) => found));

/** Blanks, and the end of the last semicolon among them. */
const semicolons: Rule<number | undefined> = opaque(
  part(
    map(
      repeat(
        either<number | undefined>(
          map(either<unknown>(spaces, blockComment), () => undefined),
          map(sequence(charIn(';'), index), ([, last]) => last),
        ),
      ),
      (found) => found.findLast((each) => each !== undefined),
    ),
  ),
  '',
);

const anyItem: Rule<Node> = part(
  // Fields first: a keyword such as `privileges` may be a field's name.
  either<Node>(fieldItem, genericItem, functionItem, accessProviderItem, namelessItem, migrationItem, invalidItem),
);
const itemParts = sequence(index, annotations, anyItem, ws, ahead(semicolons));

// --- files

const comment: Rule<unknown> = part((run) => {
  const found = commentParts(run);
  if (run.ok) run.state.comment = { start: found[0], end: found[2] };
});
const commentParts = sequence(
  index,
  repeat(
    either<unknown>(lineComment, sequence(blockComment, repeat(charIn(' \t', ' \\t')), optional(literal('\n')))),
    1,
  ),
  index,
);
const beforeItems = part(repeat(either<unknown>(part(charIn('; \t\r\n', '; \\t\\r\\n')), comment)));
const betweenItems = part(
  sequence(
    ws,
    repeat(
      sequence(
        either<unknown>(repeat(either<unknown>(literal(';'), literal('\n'), literal('\r\n')), 1), comment),
        repeat(charIn(' \t', ' \\t')),
      ),
      1,
    ),
  ),
);
const commentedItem: Rule<Node> = (run) => {
  const found = item(run);
  if (!run.ok) return none;
  const { comment: last, offset } = run.state;
  if (last === undefined || last.end + offset !== found.span.start) return found;
  return {
    ...found,
    docComment: run.state.span(last.start, last.end),
    span: { ...found.span, start: last.start + offset },
  };
};

/** The items of a schema file. */
export const schemaNodes: Rule<Node[]> = map(
  part(sequence(beforeItems, separated(commentedItem, betweenItems), optional(betweenItems), end)),
  ([, found]) => found,
);
