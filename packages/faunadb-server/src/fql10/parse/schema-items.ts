// Reads schema files. The grammar accepts any words and values; here they are checked, so that errors say what is wrong.
import type { Expression, FieldPath, Lambda, Name } from './ast.js';
import { type Diagnostic, error, hint } from './diagnostic.js';
import { isIdentifier } from './lexical.js';
import { fieldPathOf, type Outcome, read } from './parse.js';
import { OWN_FIELDS } from './reserved-fields.js';
import type {
  AccessProviderItem,
  Annotation,
  BlockConfig,
  BooleanConfig,
  CollectionItem,
  Config,
  FieldItem,
  FunctionItem,
  IntegerConfig,
  LambdaConfig,
  ListConfig,
  Member,
  MigrationBlock,
  MigrationItem,
  NamedMember,
  OptionalPredicate,
  RoleItem,
  SchemaItem,
  StringConfig,
  TermConfig,
  ValueConfig,
} from './schema-ast.js';
import {
  ACTIONS,
  type AnnotationNode,
  FIELD,
  type FieldNode,
  type MigrationNode,
  type Node,
  type NodeValue,
  schemaNodes,
} from './schema-nodes.js';
import { NULL_SOURCE, NULL_SPAN, type Span, through } from './span.js';
import { finishFieldType, finishPlainType } from './types.js';

/** Reads a schema file; its errors name the file. */
export function parseSchemaItems(text: string, filename: string): Outcome<readonly SchemaItem[]> {
  const nodes = read(text, schemaNodes, { source: { name: filename, text } });
  if (!nodes.ok) return nodes;
  const reader = new Reader();
  const value = reader.items(nodes.value);
  return reader.errors.length === 0 ? { ok: true, value } : { ok: false, errors: reader.errors };
}

/** Reads what has the form of items, even where their content is invalid. */
export const parseSchemaNodes = (text: string, filename: string): Outcome<readonly Node[]> =>
  read(text, schemaNodes, { source: { name: filename, text } });

const LITERAL = 'Expected an expression literal';
const originally = (span: Span) => [hint('Originally defined here', span)];

/** A path without its positions. */
const without = (path: FieldPath): unknown => path.elements.map(({ key }) => key);
const emptyPath = (): FieldPath => ({ elements: [], span: NULL_SPAN });

/** Reports a name that was given before. */
interface Names {
  (name: Name): void;
  has(name: Name): boolean;
}

class Reader {
  readonly errors: Diagnostic[] = [];
  readonly #push = (diagnostic: Diagnostic) => void this.errors.push(diagnostic);

  #emit(message: string, span: Span, hints: Diagnostic['hints'] = []): undefined {
    this.errors.push(error(message, span, { hints }));
    return undefined;
  }

  // --- what all items and members share

  /** Reports names that are used twice. */
  #names(what: string): Names {
    const seen = new Map<string, Span>();
    const check = ({ text, span }: Name) => {
      const first = seen.get(text);
      if (first === undefined) seen.set(text, span);
      else this.#emit(`Duplicate ${what} \`${text}\``, span, originally(first));
    };
    return Object.assign(check, { has: ({ text }: Name) => seen.has(text) });
  }

  /** Reports members that are given twice. */
  #once(what: string) {
    let seen: Span | undefined;
    const check = (span: Span) => {
      if (seen === undefined) seen = span;
      else this.#emit(`Duplicate ${what}`, span, originally(seen));
    };
    return Object.assign(check, {
      mustBeIn: (span: Span) => {
        if (seen === undefined) this.#emit(`Missing ${what}`, span);
      },
    });
  }

  #value({ value, span }: Node): NodeValue | undefined {
    return value ?? this.#emit('Missing required value', span);
  }

  #name({ name }: Node, span: Span): Name | undefined {
    return name ?? this.#emit('Missing required name', span);
  }

  #identifier(node: Node, span: Span): Name | undefined {
    const name = this.#name(node, span);
    if (name === undefined || isIdentifier(name.text)) return name;
    return this.#emit(`Invalid identifier \`${name.text}\``, name.span);
  }

  #block(value: NodeValue): (NodeValue & { kind: 'block' }) | undefined {
    return value.kind === 'block' ? value : this.#emit('Expected a block', spanOf(value));
  }

  #plain({ annotations, name }: Node): void {
    this.#unannotated(annotations);
    this.#unnamed(name);
  }

  #unannotated(annotations: readonly AnnotationNode[]): void {
    const [first] = annotations;
    if (first !== undefined) this.#emit('Annotations are not allowed here', first.span);
  }

  #unnamed(name: Name | undefined): void {
    if (name !== undefined) this.#emit('Name is not allowed here', name.span);
  }

  #annotation(annotations: readonly AnnotationNode[], keyword: string): Annotation | undefined {
    const [first, ...others] = annotations.filter((each) => each.keyword.text === keyword);
    for (const { span } of others)
      this.#emit(`Duplicate annotation \`${keyword}\``, span, originally((first as AnnotationNode).span));
    if (first === undefined) return undefined;
    const { value, span } = first;
    return { keyword, name: undefined, config: { kind: 'id', name: value, span: value.span }, span };
  }

  // --- items

  items(nodes: readonly Node[]): SchemaItem[] {
    // Collections and functions share their names.
    const names = this.#names('collection or function');
    const roles = this.#names('role');
    const providers = this.#names('access provider');
    return nodes.flatMap((node): SchemaItem[] => {
      const item = () => {
        switch (node.keyword.text) {
          case 'collection':
            return this.#collection(node, names);
          case 'function':
            return this.#function(node, names, nodes);
          case 'role':
            return this.#role(node, roles);
          case 'access provider':
            return this.#accessProvider(node, providers);
          default:
            return this.#emit(`Invalid schema item \`${node.keyword.text}\``, node.keyword.span);
        }
      };
      const found = item();
      return found === undefined ? [] : [found];
    });
  }

  #collection(node: Node, names: Names): CollectionItem | undefined {
    const name = this.#name(node, node.keyword.span);
    if (name === undefined) return undefined;
    for (const each of node.annotations)
      if (each.keyword.text !== 'alias') this.#emit('Annotation not supported here', each.span);
    const alias = this.#annotation(node.annotations, 'alias');
    names(name);
    if (alias) names(alias.config.name);
    const value = this.#value(node);
    const block = value && this.#block(value);
    if (block === undefined) return undefined;
    const { span, docComment } = node;
    return { kind: 'collection', name, alias, ...this.#collectionMembers(block.items), span, docComment };
  }

  #function(node: Node, names: Names, all: readonly Node[]): FunctionItem | undefined {
    const name = this.#name(node, node.keyword.span);
    if (name === undefined) return undefined;
    const alias = this.#annotation(node.annotations, 'alias');
    const isCollection = () =>
      all.some(({ keyword, name: other }) => keyword.text === 'collection' && other?.text === name.text);
    // With an alias, a function may have the name of a collection.
    if (alias === undefined || !names.has(name) || !isCollection()) names(name);
    if (alias) names(alias.config.name);
    const value = this.#value(node);
    if (value === undefined) return undefined;
    if (value.kind !== 'function') return this.#emit('Expected a function definition', spanOf(value));
    const { parameters, result, open, close, body } = value;
    this.#typed(value);
    const start = node.docComment ?? node.annotations[0]?.span ?? node.keyword.span;
    return {
      kind: 'function',
      name,
      alias,
      role: this.#annotation(node.annotations, 'role'),
      signature: {
        parameters: parameters.map((each) => ({ name: each.name, type: each.type, variadic: each.variadic })),
        result: result?.type,
        span: through(open, result?.span ?? close),
      },
      body,
      span: through(start, body.span),
      docComment: node.docComment,
    };
  }

  /** Either all parameters and the result have a type, or none has. */
  #typed({ parameters, result, close }: NodeValue & { kind: 'function' }): void {
    const [first] = parameters;
    if (first === undefined) return;
    const typed = first.type;
    const hints = [
      typed === undefined
        ? hint('Expecting no types due to this argument not having a type', first.name.span)
        : hint('Expecting types due to this type annotation', typed.span),
    ];
    for (const { name, type } of parameters)
      if ((type === undefined) !== (typed === undefined))
        this.#emit('All or no arguments must have a type', name.span, hints);
    if (typed !== undefined && result === undefined)
      this.#emit('Return type is required when arguments have a type', close, hints);
    else if (typed === undefined && result !== undefined)
      this.#emit('Return type is not allowed when arguments do not have a type', result.type.span, hints);
  }

  /** The name and the block of an item that has nothing else. */
  #opening(node: Node, names: Names): { name: Name; block: NodeValue & { kind: 'block' } } | undefined {
    this.#unannotated(node.annotations);
    const name = this.#name(node, node.keyword.span);
    if (name === undefined) return undefined;
    names(name);
    const value = this.#value(node);
    const block = value && this.#block(value);
    return block && { name, block };
  }

  #role(node: Node, names: Names): RoleItem | undefined {
    const opening = this.#opening(node, names);
    if (opening === undefined) return undefined;
    const { name, block } = opening;
    const privilegeNames = this.#names('privileges');
    const membershipNames = this.#names('membership');
    const privileges: NamedMember<BlockConfig>[] = [];
    const membership: NamedMember<OptionalPredicate>[] = [];
    for (const member of block.items) {
      const { keyword, span } = member;
      if (keyword.text === 'privileges') {
        this.#unannotated(member.annotations);
        const resource = this.#name(member, keyword.span);
        if (resource === undefined) continue;
        privilegeNames(resource);
        const given = this.#value(member);
        const actions = given && this.#block(given);
        if (actions === undefined) continue;
        const config: BlockConfig = { kind: 'block', members: this.#actions(actions.items), span: actions.span };
        privileges.push({ keyword: 'privileges', name: resource, config, span });
      } else if (keyword.text === 'membership') {
        this.#unannotated(member.annotations);
        const resource = this.#name(member, keyword.span);
        if (resource === undefined) continue;
        membershipNames(resource);
        membership.push({ keyword: 'membership', name: resource, config: this.#optionalPredicate(member), span });
      } else this.#emit(`Invalid member \`${keyword.text}\``, keyword.span);
    }
    return { kind: 'role', name, privileges, membership, span: node.span, docComment: node.docComment };
  }

  #actions(nodes: readonly Node[]): Member<OptionalPredicate>[] {
    const once = this.#names('action');
    return nodes.flatMap((node) => {
      this.#plain(node);
      const { keyword, span } = node;
      if (!ACTIONS.has(keyword.text)) {
        this.#emit(`Invalid action \`${keyword.text}\``, keyword.span);
        return [];
      }
      once(keyword);
      return [{ keyword: keyword.text, name: undefined, config: this.#optionalPredicate(node), span }];
    });
  }

  #accessProvider(node: Node, names: Names): AccessProviderItem | undefined {
    const opening = this.#opening(node, names);
    if (opening === undefined) return undefined;
    const { name, block } = opening;
    const issuerOnce = this.#once('issuer');
    const jwksOnce = this.#once('jwks uri');
    const roleNames = this.#names('role');
    let issuer: Member<StringConfig> | undefined;
    let jwksUri: Member<StringConfig> | undefined;
    const roles: NamedMember<OptionalPredicate>[] = [];
    for (const member of block.items) {
      const { keyword, span } = member;
      if (keyword.text === 'issuer' || keyword.text === 'jwks_uri') {
        this.#plain(member);
        (keyword.text === 'issuer' ? issuerOnce : jwksOnce)(keyword.span);
        const given = this.#value(member);
        const config = given && this.#string(given);
        if (config === undefined) continue;
        const found = { keyword: keyword.text, name: undefined, config, span };
        if (keyword.text === 'issuer') issuer = found;
        else jwksUri = found;
      } else if (keyword.text === 'role') {
        this.#unannotated(member.annotations);
        const role = this.#name(member, span);
        if (role === undefined) continue;
        roleNames(role);
        roles.push({ keyword: 'role', name: role, config: this.#optionalPredicate(member), span });
      } else this.#emit(`Invalid member \`${keyword.text}\``, keyword.span);
    }
    issuerOnce.mustBeIn(block.span);
    jwksOnce.mustBeIn(block.span);
    if (issuer === undefined || jwksUri === undefined) return undefined;
    return { kind: 'access provider', name, issuer, jwksUri, roles, span: node.span, docComment: node.docComment };
  }

  // --- members of collections

  #collectionMembers(nodes: readonly Node[]): Omit<CollectionItem, 'kind' | 'name' | 'alias' | 'span' | 'docComment'> {
    const once = {
      index: this.#names('index name'),
      field: this.#names('field'),
      check: this.#names('check constraint name'),
      migrations: this.#once('migration block'),
      history_days: this.#once('history days'),
      ttl_days: this.#once('ttl days'),
      document_ttls: this.#once('document TTLs'),
      unique: this.#uniqueOnce(),
    };
    const fields: FieldItem[] = [];
    const indexes: NamedMember<BlockConfig>[] = [];
    const uniques: Member<ListConfig<TermConfig>>[] = [];
    const checks: NamedMember<LambdaConfig>[] = [];
    let migrations: Member<MigrationBlock> | undefined;
    let historyDays: Member<IntegerConfig> | undefined;
    let ttlDays: Member<IntegerConfig> | undefined;
    let documentTtls: Member<BooleanConfig> | undefined;
    const member = <C extends Config>(keyword: string, config: C, span: Span): Member<C> => ({
      keyword,
      name: undefined,
      config,
      span,
    });
    for (const node of nodes) {
      const { keyword, span } = node;
      switch (keyword.text) {
        case 'index': {
          this.#unannotated(node.annotations);
          const name = this.#identifier(node, keyword.span);
          if (name === undefined) break;
          once.index(name);
          const value = this.#value(node);
          const block = value && this.#block(value);
          if (block === undefined) break;
          const config: BlockConfig = { kind: 'block', members: this.#indexMembers(block.items), span: block.span };
          indexes.push({ keyword: 'index', name, config, span });
          break;
        }
        case 'unique': {
          this.#plain(node);
          const value = this.#value(node);
          const terms = value && this.#terms(value);
          if (value === undefined) break;
          if (terms === undefined) {
            this.#emit('Expected non-empty terms for a unique constraint', spanOf(value));
            break;
          }
          once.unique(terms);
          uniques.push(member('unique', terms, span));
          break;
        }
        case FIELD: {
          this.#unannotated(node.annotations);
          const name = node.name?.text === '*' ? node.name : this.#identifier(node, span);
          if (name === undefined) break;
          if (OWN_FIELDS.has(name.text)) {
            this.#emit(`Invalid reserved name \`${name.text}\``, span);
            break;
          }
          once.field(name);
          const value = this.#value(node);
          const field = value && this.#field(keyword.span, name, value, span);
          if (field) fields.push(field);
          break;
        }
        case 'migrations': {
          this.#unannotated(node.annotations);
          once.migrations(span);
          const value = this.#value(node);
          if (value === undefined) break;
          this.#unnamed(node.name);
          const block = this.#migrations(value, span);
          if (block) migrations = member('migrations', block, span);
          break;
        }
        case 'check': {
          this.#unannotated(node.annotations);
          const name = this.#identifier(node, keyword.span);
          if (name === undefined) break;
          once.check(name);
          const value = this.#value(node);
          const config = value && this.#check(value);
          if (config) checks.push({ keyword: 'check', name, config, span });
          break;
        }
        case 'history_days':
        case 'ttl_days': {
          this.#plain(node);
          once[keyword.text](span);
          const value = this.#value(node);
          const days = value && this.#integer(value);
          if (days === undefined) break;
          if (keyword.text === 'history_days') historyDays = member('history_days', days, span);
          else ttlDays = member('ttl_days', days, span);
          break;
        }
        case 'document_ttls': {
          this.#plain(node);
          once.document_ttls(span);
          const value = this.#value(node);
          const config = value && this.#boolean(value);
          if (config) documentTtls = member('document_ttls', config, span);
          break;
        }
        default:
          this.#emit(`Invalid field or member \`${keyword.text}\``, keyword.span);
      }
    }
    return { fields, migrations, indexes, uniques, checks, historyDays, ttlDays, documentTtls };
  }

  #uniqueOnce() {
    const seen = new Map<string, Span>();
    return (terms: ListConfig<TermConfig>) => {
      const keys = new Set(terms.elements.map(({ path, mva }) => JSON.stringify([without(path), mva])));
      const key = [...keys].sort().join();
      const first = seen.get(key);
      if (first === undefined) seen.set(key, terms.span);
      else
        this.#emit('Duplicate unique constraint.', terms.span, [
          hint('This unique constraint covers the same fields.', first),
        ]);
    };
  }

  #indexMembers(nodes: readonly Node[]): Member[] {
    const once = { terms: this.#once('terms definition'), values: this.#once('values definition') };
    const members = new Map<string, Member>();
    for (const node of nodes) {
      const { keyword, span } = node;
      if (keyword.text !== 'terms' && keyword.text !== 'values') {
        this.#emit(`Invalid member \`${keyword.text}\``, keyword.span);
        continue;
      }
      this.#plain(node);
      once[keyword.text](span);
      const value = this.#value(node);
      const config = value && (keyword.text === 'terms' ? this.#terms(value) : this.#values(value));
      if (config) members.set(keyword.text, { keyword: keyword.text, name: undefined, config, span });
    }
    return ['terms', 'values'].flatMap((keyword) => members.get(keyword) ?? []);
  }

  #path(expression: Expression): FieldPath {
    const path = fieldPathOf(expression);
    if (path.ok) return path.value;
    this.errors.push(...path.errors);
    return emptyPath();
  }

  #terms(value: NodeValue): ListConfig<TermConfig> | undefined {
    if (value.kind !== 'paths') return this.#emit('Expected an array of terms', spanOf(value));
    const elements = value.paths.map((expression): TermConfig => {
      const call = callOf(expression);
      const { span } = expression;
      if (call?.name === 'mva') return { kind: 'term', path: this.#path(call.argument), mva: true, span };
      if (expression.kind === 'chain' && expression.head.kind === 'identifier') {
        this.#emit("Expected 'mva'", expression.head.span);
        return { kind: 'term', path: emptyPath(), mva: false, span };
      }
      return { kind: 'term', path: this.#path(expression), mva: false, span };
    });
    return elements.length === 0 ? undefined : { kind: 'list', elements, span: value.span };
  }

  #values(value: NodeValue): ListConfig<ValueConfig> | undefined {
    if (value.kind !== 'paths') return this.#emit('Expected an array of values', spanOf(value));
    const elements = value.paths.map((expression): ValueConfig => {
      const { span } = expression;
      const wrong = (at: Span): ValueConfig => {
        this.#emit("Expected 'asc', 'desc', or 'mva'", at);
        return { kind: 'value', path: emptyPath(), mva: false, ascending: true, span };
      };
      const outer = callOf(expression);
      if (outer === undefined)
        return { kind: 'value', path: this.#path(expression), mva: false, ascending: true, span };
      const inner = callOf(outer.argument);
      if (inner === undefined) {
        if (!['asc', 'desc', 'mva'].includes(outer.name)) return wrong(outer.span);
        const path = this.#path(outer.argument);
        return { kind: 'value', path, mva: outer.name === 'mva', ascending: outer.name !== 'desc', span };
      }
      // In either order: "asc" and "desc" sort before "mva".
      const [order, mva] = outer.name <= inner.name ? [outer, inner] : [inner, outer];
      if (order.name !== 'asc' && order.name !== 'desc') return wrong(order.span);
      if (mva.name !== 'mva') return wrong(mva.span);
      return { kind: 'value', path: this.#path(inner.argument), mva: true, ascending: order.name === 'asc', span };
    });
    return elements.length === 0 ? undefined : { kind: 'list', elements, span: value.span };
  }

  #field(keywordSpan: Span, name: Name, node: NodeValue, span: Span): FieldItem | undefined {
    if (node.kind !== 'field') return this.#emit('Expected a field definition', spanOf(node));
    const { fieldKind, type, value }: FieldNode = node;
    switch (fieldKind) {
      case 'computed': {
        if (value === undefined) return this.#emit('Computed fields require a value', keywordSpan);
        const lambda = lambdaIn(value.expression);
        if (lambda === undefined) return this.#emit('Expected lambda', value.span);
        return {
          kind: 'computed',
          name,
          type: type && finishPlainType(type.type, this.#push),
          body: { kind: 'computed', lambda, span: wholeSpan(lambda) },
          span,
        };
      }
      case 'defined':
        if (type === undefined) return this.#emit('Expected a type signature', span);
        return {
          kind: 'defined',
          name,
          type: finishFieldType(type.type, value?.expression, this.#push),
          default: value && { kind: 'expression', expression: value.expression, span: wholeSpan(value.expression) },
          span,
        };
      case 'wildcard':
        if (value !== undefined) return this.#emit('No default allowed for wildcard field', value.span);
        if (type === undefined) return this.#emit('Expected a field definition', span);
        return { kind: 'wildcard', name, type: finishPlainType(type.type, this.#push), span };
    }
  }

  #migrations(value: NodeValue, span: Span): MigrationBlock | undefined {
    if (value.kind !== 'block') return this.#emit('Expected a migration block', spanOf(value));
    const items = value.items.flatMap((node): MigrationItem[] => {
      if (node.value === undefined) {
        this.#emit('Expected a migration', node.span);
        return [];
      }
      if (node.value.kind !== 'migration') {
        this.#emit('Only migrations are allowed in migration blocks', spanOf(node.value));
        return [];
      }
      this.#plain(node);
      const item = this.#migration(node.value);
      return item === undefined ? [] : [item];
    });
    if (value.items.length === 0) return this.#emit('Empty migration blocks are not allowed', span);
    return { kind: 'migrations', items, span };
  }

  #migration({ statement, paths, value, span }: MigrationNode): MigrationItem | undefined {
    for (const path of paths) {
      if (path.elements.length === 0) this.#emit('Field path cannot be empty', path.span);
      for (const { key, span: at } of path.elements)
        if (typeof key === 'number') this.#emit('Cannot index into an item in a migration path', at);
    }
    const [path, ...others] = paths as [FieldPath, ...FieldPath[]];
    switch (statement) {
      case 'backfill':
        return { kind: 'backfill', path, value: value as Expression, span };
      case 'split': {
        if (others.length < 2) return this.#emit('Expected at least two fields to split into', span);
        if (new Set(others.map((each) => JSON.stringify(without(each)))).size < others.length) {
          const [first, last] = [others[0], others.at(-1)] as [FieldPath, FieldPath];
          return this.#emit('Expected list of fields with no duplicates', through(first.span, last.span));
        }
        return { kind: 'split', path, into: others, span };
      }
      case 'move':
        return { kind: 'move', path, to: others[0] as FieldPath, span };
      case 'move_conflicts':
      case 'move_wildcard':
        return { kind: statement, into: path, span };
      case 'add_wildcard':
        return { kind: statement, span };
      default:
        return { kind: statement as 'add' | 'drop', path, span };
    }
  }

  // --- predicates and scalars

  #optionalPredicate({ value }: Node): OptionalPredicate {
    const block = value && this.#block(value);
    const predicate = block && this.#predicate(block);
    return { kind: 'optional', predicate, span: predicate?.span ?? NULL_SPAN };
  }

  #predicate(block: NodeValue & { kind: 'block' }): LambdaConfig | undefined {
    const [node] = block.items;
    if (node === undefined || block.items.length !== 1)
      return this.#emit('Expected a single predicate member', block.span);
    if (node.keyword.text !== 'predicate') return this.#emit('Expecting a predicate', node.span);
    this.#plain(node);
    const value = this.#value(node);
    if (value === undefined) return undefined;
    if (value.kind !== 'literal') return this.#emit(LITERAL, spanOf(value));
    const lambda = parenthesisedLambda(value.expression);
    if (lambda === undefined) return this.#emit('Expected lambda predicate', value.span);
    return { kind: 'predicate', lambda, span: block.span };
  }

  #check(value: NodeValue): LambdaConfig | undefined {
    if (value.kind !== 'literal') return this.#emit(LITERAL, spanOf(value));
    const { expression, span } = value;
    const lambda = parenthesisedLambda(expression);
    if (lambda !== undefined) return { kind: 'check', lambda, span };
    const annotation =
      expression.kind === 'lambda' ? { annotation: 'Check constraints require parenthesis around the lambda' } : {};
    this.errors.push(error('Expected lambda check predicate', span, annotation));
    return undefined;
  }

  #integer(value: NodeValue): IntegerConfig | undefined {
    const literal = literalIn(value);
    if (literal?.kind !== 'integer') return this.#emit('Expected integer literal', spanOf(value));
    return { kind: 'integer', value: BigInt.asIntN(64, literal.value), span: spanOf(value) };
  }

  #string(value: NodeValue): StringConfig | undefined {
    const literal = literalIn(value);
    if (literal?.kind === 'string') return { kind: 'string', value: literal.value, span: spanOf(value) };
    if (value.kind !== 'literal' || value.expression.kind !== 'template')
      return this.#emit('Expected string literal', spanOf(value));
    for (const part of value.expression.parts)
      if (typeof part !== 'string') this.#emit('Cannot interpolate values in a string literal', part.span);
    return undefined;
  }

  #boolean(value: NodeValue): BooleanConfig | undefined {
    const literal = literalIn(value);
    if (literal?.kind !== 'boolean') return this.#emit('Expected boolean literal', spanOf(value));
    return { kind: 'boolean', value: literal.value, span: spanOf(value) };
  }
}

const spanOf = (value: NodeValue): Span => value.span ?? { start: 0, end: 0, source: NULL_SOURCE };

const literalIn = (value: NodeValue) =>
  value.kind === 'literal' && value.expression.kind === 'literal' ? value.expression.literal : undefined;

/** The span of an expression. Its own begins after a first unary operator. */
function wholeSpan(expression: Expression): Span {
  let first = expression.kind === 'lambda' && expression.short ? expression.body : expression;
  while (first.kind === 'operator' && first.right !== undefined) first = first.left;
  return first.kind === 'operator' ? through(first.operator.span, expression.span) : expression.span;
}

/** A lambda, which may stand in parentheses. */
const lambdaIn = (expression: Expression): Lambda | undefined =>
  expression.kind === 'lambda' ? expression : parenthesisedLambda(expression);

function parenthesisedLambda(expression: Expression): Lambda | undefined {
  if (expression.kind !== 'tuple' || expression.elements.length !== 1) return undefined;
  const [inner] = expression.elements;
  return inner?.kind === 'lambda' ? inner : undefined;
}

/** The function and argument of a call such as `mva(.a)`. */
function callOf(expression: Expression): { name: string; span: Span; argument: Expression } | undefined {
  if (expression.kind !== 'chain' || expression.head.kind !== 'identifier' || expression.links.length !== 1)
    return undefined;
  const [link] = expression.links;
  if (link?.kind !== 'apply' || link.arguments.length !== 1) return undefined;
  const [argument] = link.arguments;
  return { name: expression.head.name, span: expression.head.span, argument: argument as Expression };
}
