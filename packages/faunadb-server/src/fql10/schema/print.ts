// Prints code and schema items in the layout that the real server gives them.
import type { Expression, FieldPath, Lambda, Link, Literal, Statement, TypeExpression } from '../parse/ast.js';
import { THIS } from '../parse/ast.js';
import { isIdentifier, isShown } from '../parse/lexical.js';
import type {
  Annotation,
  Config,
  FieldItem,
  FunctionItem,
  FunctionSignature,
  Member,
  MigrationItem,
  SchemaItem,
} from '../parse/schema-ast.js';
import { decimalText } from '../types/decimal.js';
import { membersOf } from './members.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\0': '\\0',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\v': '\\v',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '#': '\\#',
};

/** The inside of a string literal. */
function escaped(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code > 0xffff) out += `\\u{${code.toString(16).padStart(6, '0')}}`;
    else if (character in ESCAPES) out += ESCAPES[character];
    else out += isShown(code) ? character : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return out;
}
const stringText = (text: string): string => `"${escaped(text)}"`;
const nameText = (name: string): string => (isIdentifier(name) ? name : stringText(name));
const fieldNameText = (name: string): string => (isIdentifier(name) ? name : `"${name}"`);

function literalText(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null';
    case 'boolean':
    case 'integer':
      return String(literal.value);
    case 'double':
      return decimalText(literal.text);
    case 'string':
      return stringText(literal.value);
  }
}

/** A path such as `.a["b c"]`. */
export function pathText({ elements }: FieldPath): string {
  return elements
    .map(({ key }, i) => {
      if (typeof key === 'string' && isIdentifier(key)) return `.${key}`;
      return `${i === 0 ? '.' : ''}[${typeof key === 'string' ? stringText(key) : key}]`;
    })
    .join('');
}

// How tightly an operator of types binds its operands.
const FUNCTION = 10;
const UNION = 20;
const INTERSECTION = 30;
const TIGHT = 50;

/** A type, with the defaults of its fields. */
export function typeText(type: TypeExpression, precedence = 0): string {
  const around = (own: number, text: string) => (precedence > own ? `(${text})` : text);
  switch (type.kind) {
    case 'any':
      return 'Any';
    case 'never':
      return 'Never';
    case 'singleton':
      return literalText(type.literal);
    case 'name':
      return type.name;
    case 'generic':
      return `${type.name.text}<${type.arguments.map((each) => typeText(each)).join(', ')}>`;
    case 'objectType': {
      const parts = type.fields.map((field) => {
        const text = `${fieldNameText(field.name.text)}: ${typeText(field.type)}`;
        return field.default === undefined ? text : `${text} = ${expressionText(field.default)}`;
      });
      if (type.wildcard !== undefined) parts.push(`*: ${typeText(type.wildcard)}`);
      if (parts.length === 0) return '{}';
      return `{ ${parts.join(', ')}${type.open ? ', ...' : ''} }`;
    }
    case 'tupleType':
      return `[${type.elements.map((each) => typeText(each)).join(', ')}]`;
    case 'functionType': {
      const { parameters, variadic } = type;
      const result = typeText(type.result, FUNCTION);
      const [only] = parameters;
      if (only !== undefined && parameters.length === 1 && variadic === undefined) {
        const inner = typeText(only.type, FUNCTION + 1);
        return around(FUNCTION, only.name ? `(${only.name.text}: ${inner}) => ${result}` : `${inner} => ${result}`);
      }
      const texts = parameters.map(({ name, type: each }) => {
        const text = typeText(each, FUNCTION);
        return name ? `${name.text}: ${text}` : text;
      });
      if (variadic) {
        const text = `...${typeText(variadic.type, FUNCTION)}`;
        texts.push(variadic.name ? `${variadic.name.text}: ${text}` : text);
      }
      return around(FUNCTION, `(${texts.join(', ')}) => ${result}`);
    }
    case 'union':
      return around(UNION, type.members.map((each) => typeText(each, UNION)).join(' | '));
    case 'intersection':
      return around(INTERSECTION, type.members.map((each) => typeText(each, INTERSECTION)).join(' & '));
    case 'nullable':
      return `${typeText(type.base, TIGHT)}?`;
  }
}

class Printer {
  text = '';
  #indent = 0;
  #atStart = true;

  write(text: string): void {
    if (this.#atStart) this.text += '  '.repeat(this.#indent);
    this.text += text;
    this.#atStart = text.endsWith('\n');
  }

  line(text = ''): void {
    if (text !== '') this.write(text);
    this.write('\n');
  }

  /** Lines between braces. */
  #indented(work: () => void): void {
    this.line('{');
    this.#indent++;
    work();
    this.#indent--;
  }

  #list<T>(elements: readonly T[], write: (element: T) => void): void {
    elements.forEach((element, i) => {
      if (i > 0) this.write(', ');
      write(element);
    });
  }

  #fields(fields: readonly (readonly [{ readonly text: string }, Expression])[]): void {
    fields.forEach(([name, value], i) => {
      this.write(`${nameText(name.text)}: `);
      this.expression(value);
      this.line(i < fields.length - 1 ? ',' : '');
    });
  }

  expression(expression: Expression): void {
    switch (expression.kind) {
      case 'identifier':
        if (expression.name !== THIS) this.write(expression.name);
        break;
      case 'literal':
        this.write(literalText(expression.literal));
        break;
      case 'template':
        this.write('"');
        for (const part of expression.parts) {
          if (typeof part === 'string') this.write(escaped(part));
          else {
            this.write('#{');
            this.expression(part);
            this.write('}');
          }
        }
        this.write('"');
        break;
      case 'if':
        this.write('if (');
        this.expression(expression.condition);
        this.write(') ');
        this.expression(expression.then);
        if (expression.otherwise === undefined) break;
        this.write(' else ');
        this.expression(expression.otherwise);
        break;
      case 'at':
        this.write('at (');
        this.expression(expression.time);
        this.write(') ');
        this.expression(expression.body);
        break;
      case 'match': {
        // It cannot be evaluated, and the real server cannot print it: here it stays as it was written.
        const { source, start, end } = expression.span;
        this.write(source.text?.slice(start, end) ?? 'null');
        break;
      }
      case 'lambda':
        this.#lambda(expression);
        break;
      case 'operator':
        if (expression.right === undefined) {
          this.write(expression.operator.text);
          this.expression(expression.left);
          break;
        }
        this.expression(expression.left);
        this.write(` ${expression.operator.text} `);
        this.expression(expression.right);
        break;
      case 'project':
        this.expression(expression.subject);
        this.write(' ');
        this.#indented(() => this.#fields(expression.fields));
        this.line('}');
        break;
      case 'projectAll':
        this.expression(expression.subject);
        this.line(' { * }');
        break;
      case 'object':
        this.#indented(() => this.#fields(expression.fields));
        this.write('}');
        break;
      case 'tuple':
      case 'array': {
        const [open, close] = expression.kind === 'tuple' ? '()' : '[]';
        this.write(open as string);
        this.#list(expression.elements, (each) => this.expression(each));
        this.write(close as string);
        break;
      }
      case 'block':
        this.#indented(() => {
          for (const statement of expression.statements) this.#statement(statement);
        });
        this.write('}');
        break;
      case 'chain':
        this.expression(expression.head);
        for (const link of expression.links) this.#link(link);
        break;
    }
  }

  #lambda({ parameters, variadic, body, short }: Lambda): void {
    if (!short) {
      const names = parameters.map((name) => name?.text ?? '_');
      if (variadic) names.push(`...${variadic.name?.text ?? '_'}`);
      this.write(`(${names.join(', ')}) => `);
    }
    this.expression(body);
  }

  #statement(statement: Statement): void {
    if (statement.kind === 'let') {
      const { name, type, value } = statement;
      this.write(`let ${name.text}${type === undefined ? '' : `: ${typeText(type)}`} = `);
      this.expression(value);
    } else this.expression(statement.expression);
    this.line();
  }

  #link(link: Link): void {
    const call = (elements: readonly Expression[], optional: unknown, [open, close]: string) => {
      if (optional !== undefined) this.write('?.');
      this.write(open as string);
      this.#list(elements, (each) => this.expression(each));
      this.write(close as string);
    };
    switch (link.kind) {
      case 'bang':
        this.write('!');
        break;
      case 'select':
        this.write(`${link.optional ? '?' : ''}.${link.field.text}`);
        break;
      case 'apply':
        call(link.arguments, link.optional, '()');
        break;
      case 'access':
        call(link.arguments, link.optional, '[]');
        break;
      case 'method':
        this.write(`${link.selectOptional ? '?' : ''}.${link.field.text}`);
        call(link.arguments, link.applyOptional, '()');
    }
  }

  // --- schema items

  item(item: SchemaItem): void {
    const annotations =
      item.kind === 'collection' ? [item.alias] : item.kind === 'function' ? [item.alias, item.role] : [];
    for (const annotation of annotations) if (annotation) this.annotation(annotation);
    this.write(`${item.kind} ${nameText(item.name.text)}`);
    if (item.kind === 'function') {
      this.signature(item.signature);
      this.write(' ');
      this.expression(item.body);
      this.line();
      return;
    }
    this.write(' ');
    this.#indented(() => {
      if (item.kind === 'collection') for (const field of item.fields) this.field(field);
      for (const member of membersOf(item)) this.member(member);
    });
    this.line('}');
  }

  annotation({ keyword, config }: Annotation): void {
    this.line(`@${keyword}(${nameText(config.name.text)})`);
  }

  signature({ parameters, result }: FunctionSignature): void {
    const texts = parameters.map(
      ({ name, type, variadic }) => `${variadic ? '...' : ''}${name.text}${type ? `: ${typeText(type)}` : ''}`,
    );
    this.write(`(${texts.join(', ')})${result ? `: ${typeText(result)}` : ''}`);
  }

  field(field: FieldItem): void {
    this.write(`${field.kind === 'computed' ? 'compute ' : ''}${field.name.text}`);
    if (field.type) this.write(`: ${typeText(field.type)}`);
    if (field.kind === 'defined' && field.default) {
      this.write(' = ');
      this.expression(field.default.expression);
    } else if (field.kind === 'computed') {
      const { lambda } = field.body;
      this.write(lambda.short ? ' = (' : ' = ');
      this.expression(lambda);
      if (lambda.short) this.write(')');
    }
    this.line();
  }

  member({ keyword, name, config }: Member): void {
    this.write(keyword);
    if (name) this.write(` ${nameText(name.text)}`);
    if (config.kind !== 'optional' || config.predicate) {
      this.write(' ');
      this.config(config);
    }
    this.line();
  }

  config(config: Config): void {
    switch (config.kind) {
      case 'id':
        this.write(nameText(config.name.text));
        break;
      case 'boolean':
      case 'integer':
        this.write(String(config.value));
        break;
      case 'string':
        this.write(stringText(config.value));
        break;
      case 'expression':
        this.expression(config.expression);
        break;
      case 'computed':
        this.expression(config.lambda);
        break;
      case 'check':
        this.write('(');
        this.expression(config.lambda);
        this.write(')');
        break;
      case 'predicate':
        this.#indented(() => {
          this.write('predicate (');
          this.expression(config.lambda);
          this.line(')');
        });
        this.write('}');
        break;
      case 'term':
        this.write(config.mva ? `mva(${pathText(config.path)})` : pathText(config.path));
        break;
      case 'value': {
        const path = config.mva ? `mva(${pathText(config.path)})` : pathText(config.path);
        this.write(config.ascending ? path : `desc(${path})`);
        break;
      }
      case 'list':
        this.write('[');
        this.#list<Config>(config.elements, (each) => this.config(each));
        this.write(']');
        break;
      case 'optional':
        if (config.predicate) this.config(config.predicate);
        break;
      case 'block':
        this.#indented(() => {
          for (const member of config.members) this.member(member);
        });
        this.write('}');
        break;
      case 'migrations':
        this.#indented(() => {
          for (const each of config.items) this.migration(each);
        });
        this.write('}');
    }
  }

  migration(item: MigrationItem): void {
    switch (item.kind) {
      case 'backfill':
        this.write(`backfill ${pathText(item.path)} = `);
        this.expression(item.value);
        this.line();
        break;
      case 'split':
        this.line(`split ${pathText(item.path)} -> ${item.into.map(pathText).join(', ')}`);
        break;
      case 'move':
        this.line(`move ${pathText(item.path)} -> ${pathText(item.to)}`);
        break;
      case 'move_conflicts':
      case 'move_wildcard':
        this.line(`${item.kind} ${pathText(item.into)}`);
        break;
      case 'add_wildcard':
        this.line(item.kind);
        break;
      default:
        this.line(`${item.kind} ${pathText(item.path)}`);
    }
  }
}

const printed = (print: (printer: Printer) => void): string => {
  const printer = new Printer();
  print(printer);
  return printer.text;
};

export const expressionText = (expression: Expression): string => printed((printer) => printer.expression(expression));
export const itemText = (item: SchemaItem): string => printed((printer) => printer.item(item));
export const annotationText = (annotation: Annotation): string => printed((printer) => printer.annotation(annotation));
export const fieldText = (field: FieldItem): string => printed((printer) => printer.field(field));
export const memberText = (member: Member): string => printed((printer) => printer.member(member));
export const configText = (config: Config): string => printed((printer) => printer.config(config));
export const signatureText = (signature: FunctionSignature): string =>
  printed((printer) => printer.signature(signature));

/** A lambda as documents store it. A short one stands in parentheses. */
export const lambdaText = (lambda: Lambda): string =>
  lambda.short ? `(${expressionText(lambda)})` : expressionText(lambda);

/** The body of a function as its document stores it: a lambda. */
export function functionBodyText({ signature, body }: FunctionItem): string {
  const names = signature.parameters.map(({ name, variadic }) => `${variadic ? '...' : ''}${name.text}`);
  return `(${names.join(', ')}) => ${expressionText(body)}`;
}

/** The signature of a function as its document stores it: the type of a lambda; `undefined` if it has none. */
export function functionTypeText({ signature: { parameters, result } }: FunctionItem): string | undefined {
  if (result === undefined || parameters.some(({ type }) => type === undefined)) return undefined;
  const texts = parameters.map(
    ({ name, type, variadic }) => `${name.text}: ${variadic ? '...' : ''}${typeText(type as TypeExpression)}`,
  );
  return `(${texts.join(', ')}) => ${typeText(result)}`;
}
