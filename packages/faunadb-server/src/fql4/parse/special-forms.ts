import type { ApiVersion } from '../../values/api-version.js';
import { invalidExpression, invalidExpressionType } from '../../values/errors.js';
import { at, type Position } from '../../values/position.js';
import { typeName } from '../../values/types.js';
import { ObjectValue, type Value } from '../../values/values.js';
import { collect } from '../evaluate/casts.js';
import { At, Do, If, Junction, Let, Select, Variable } from '../evaluate/control.js';
import { Constant, type Expression, type Field, ObjectExpression, RefLiteral } from '../evaluate/expression.js';
import { joinKeys } from '../evaluate/form-table.js';
import { FunctionCall } from '../evaluate/function-call.js';
import { isAvailable } from '../wire/language-version.js';
import { parseData, parseEscape } from './escapes.js';
import type { QueryParser } from './parser.js';

// Parsers of the forms that are not functions, since they do not evaluate all their parts first.

type Place = Position | undefined;
type Parse = (fields: ReadonlyMap<string, Value>, position: Place, parser: QueryParser) => Expression;

/** The parser of the form with these keys (joined); `undefined` if there is no such form. */
export function specialForm(keys: string, version: ApiVersion): Parse | undefined {
  const parse = SPECIAL.get(keys);
  return parse && FORMER_FUNCTIONS.has(parse) && !isAvailable({ since: '3' }, version) ? undefined : parse;
}

/** The fields of an object where only an object is allowed: written plainly, or escaped as `@obj`. */
function plainFields(
  json: Value,
  position: Place,
  whole: Place,
  parser: QueryParser,
): readonly (readonly [string, Value])[] {
  if (!(json instanceof ObjectValue)) throw invalidExpressionType(['Object'], json, position);
  const keys = [...json.fields.keys()];
  if (keys.length === 1 && keys[0]!.startsWith('@')) {
    if (keys[0] === '@obj') {
      const content = json.fields.get('@obj') as Value;
      if (!(content instanceof ObjectValue)) throw invalidExpression('Invalid object.', position);
      return [...content.fields];
    }
    const escaped = parseEscape(keys[0]!, json.fields.get(keys[0]!) as Value, position, parser);
    if (escaped) throw invalidExpression(`Object expected, ${escapedType(escaped)} provided.`, whole);
  }
  return [...json.fields];
}

function escapedType(escaped: Expression): string {
  if (escaped instanceof Constant) return typeName(escaped.value);
  if (escaped instanceof RefLiteral) return typeName(escaped.ref);
  return 'Set';
}

function parseLet(bindings: Value, body: Value, position: Place, parser: QueryParser): Expression {
  const atLet = at(position, 'let');
  // Unlike other forms, this one reports the errors of all parts.
  const [fields, expression] = collect([0, 1], (part) => {
    if (part === 1) return parser.expression(body, at(position, 'in'));
    if (bindings instanceof ObjectValue) {
      const parse = ([name, value]: readonly [string, Value]) =>
        [name, parser.expression(value, at(atLet, name))] as const;
      return collect(plainFields(bindings, atLet, position, parser), parse);
    }
    if (!Array.isArray(bindings)) throw invalidExpressionType(['Array'], bindings, atLet);
    return collect(bindings as readonly Value[], (binding, i) => {
      if (!(binding instanceof ObjectValue) || binding.fields.size !== 1) {
        throw invalidExpressionType(['Object'], binding, at(atLet, i));
      }
      const [[name, value]] = [...binding.fields] as [[string, Value]];
      return [name, parser.expression(value, at(at(atLet, i), name))] as const;
    });
  });
  return new Let(fields as Field[], expression as Expression);
}

/** Parses the given fields as expressions, in this order: the first error is reported. */
function expressions<K extends string>(
  fields: ReadonlyMap<string, Value>,
  position: Place,
  parser: QueryParser,
  ...names: K[]
): Record<K, Expression> {
  const parsed = names.map((name) => [name, parser.expression(fields.get(name) as Value, at(position, name))] as const);
  return Object.fromEntries(parsed) as Record<K, Expression>;
}

function junction(kind: 'and' | 'or'): Parse {
  return (fields, position, parser) => {
    const operands = fields.get(kind) as Value;
    const atKind = at(position, kind);
    if (!Array.isArray(operands)) return new Junction(kind, [parser.expression(operands, atKind)], position);
    if (operands.length === 0) throw invalidExpression('Expression list cannot be empty.', atKind);
    return new Junction(
      kind,
      (operands as readonly Value[]).map((o, i) => parser.expression(o, at(atKind, i))),
      position,
    );
  };
}

function select(name: Select['name'], ...optional: ('all' | 'default')[]): Parse {
  return (fields, position, parser) => {
    const parts = expressions(fields, position, parser, name, 'from', ...optional) as Record<string, Expression>;
    return new Select(name, parts[name]!, parts.from!, parts.all, parts.default, position);
  };
}

/** By their keys. */
const SPECIAL: ReadonlyMap<string, Parse> = new Map<string, Parse>(
  (
    [
      [
        ['at', 'expr'],
        (fields, position, parser) => {
          const parts = expressions(fields, position, parser, 'at', 'expr');
          return new At(parts.at, parts.expr, position);
        },
      ],
      [
        ['var'],
        (fields, position) => {
          const name = fields.get('var') as Value;
          if (typeof name !== 'string') throw invalidExpressionType(['String'], name, at(position, 'var'));
          return new Variable(name, position);
        },
      ],
      [
        ['let', 'in'],
        (fields, position, parser) => parseLet(fields.get('let') as Value, fields.get('in') as Value, position, parser),
      ],
      [
        ['if', 'then', 'else'],
        (fields, position, parser) => {
          const parts = expressions(fields, position, parser, 'if', 'then', 'else');
          return new If(parts.if, parts.then, parts.else, position);
        },
      ],
      [['and'], junction('and')],
      [['or'], junction('or')],
      [['quote'], (fields, position, parser) => parseData(fields.get('quote') as Value, at(position, 'quote'), parser)],
      [
        ['object'],
        (fields, position, parser) => {
          const atObject = at(position, 'object');
          const content = plainFields(fields.get('object') as Value, atObject, position, parser);
          return new ObjectExpression(
            content.map(([name, value]) => [name, parser.expression(value, at(atObject, name))] as const),
          );
        },
      ],
      [
        ['do'],
        (fields, position, parser) => {
          const list = fields.get('do') as Value;
          const atDo = at(position, 'do');
          if (!Array.isArray(list)) throw invalidExpressionType(['Array'], list, atDo);
          if (list.length === 0) throw invalidExpression('Expression list cannot be empty.', atDo);
          return new Do((list as readonly Value[]).map((e, i) => parser.expression(e, at(atDo, i))));
        },
      ],
      [
        ['call'],
        (fields, position, parser) =>
          new FunctionCall(expressions(fields, position, parser, 'call').call, undefined, position),
      ],
      [
        ['call', 'arguments'],
        (fields, position, parser) => {
          const parts = expressions(fields, position, parser, 'call', 'arguments');
          return new FunctionCall(parts.call, parts.arguments, position);
        },
      ],
      [['select', 'from'], select('select')],
      [['select', 'from', 'default'], select('select', 'default')],
      [['select', 'from', 'all'], select('select', 'all')],
      [['select', 'from', 'all', 'default'], select('select', 'all', 'default')],
      [['select_all', 'from'], select('select_all')],
      [['select_all', 'from', 'default'], select('select_all', 'default')],
      [['select_as_index', 'from'], select('select_as_index')],
      [['select_as_index', 'from', 'default'], select('select_as_index', 'default')],
    ] as [string[], Parse][]
  ).map(([keys, parse]) => [joinKeys(keys), parse]),
);

/** Forms that were functions before version 3. */
const FORMER_FUNCTIONS: ReadonlySet<Parse> = new Set(
  [...SPECIAL].filter(([keys]) => /^(and|or)$|select/.test(keys)).map(([, parse]) => parse),
);
