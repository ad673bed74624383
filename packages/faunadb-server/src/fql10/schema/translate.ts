// The schema of a database, read from its documents, as items of a schema file without positions.
import type { StoredValue } from '../../storage/data.js';
import { NATIVE } from '../../values/ids.js';
import { ObjectValue, Ref } from '../../values/values.js';
import type { Context } from '../evaluate/context.js';
import type { Expression, FieldPath, Lambda, TypeExpression } from '../parse/ast.js';
import {
  type Outcome,
  parseExpression,
  parseFieldPath,
  parseLambda,
  parseSchemaType,
  parseType,
} from '../parse/parse.js';
import type {
  AccessProviderItem,
  Annotation,
  CollectionItem,
  Config,
  FieldItem,
  FunctionItem,
  FunctionParameter,
  LambdaConfig,
  Member,
  MigrationItem,
  NamedMember,
  OptionalPredicate,
  RoleItem,
  SchemaItem,
  TermConfig,
  ValueConfig,
} from '../parse/schema-ast.js';
import { NULL_SOURCE, NULL_SPAN } from '../parse/span.js';
import { hashOfText, inSetOrder } from '../types/hash-order.js';

type Fields = ReadonlyMap<string, StoredValue>;

const span = NULL_SPAN;
const named = (text: string) => ({ text, span });
const mapOf = (value: unknown): Fields => (value instanceof ObjectValue ? (value.fields as Fields) : new Map());
const listOf = (value: unknown): readonly StoredValue[] => (Array.isArray(value) ? (value as StoredValue[]) : []);
/** Roles accept one object in place of a list. */
const oneOrMore = (value: unknown): readonly StoredValue[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as StoredValue[]) : [value as StoredValue];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const member = <C extends Config>(keyword: string, config: C): Member<C> => ({
  keyword,
  name: undefined,
  config,
  span,
});
const namedMember = <C extends Config>(keyword: string, name: string, config: C): NamedMember<C> => ({
  ...member(keyword, config),
  name: named(name),
});

function must<T>(read: Outcome<T>, what: string): T {
  if (read.ok) return read.value;
  throw new Error(`a stored ${what} cannot be read: ${read.errors[0]?.message}`);
}
const lambdaOf = (text: unknown): Lambda => must(parseLambda(textOf(text), NULL_SOURCE), 'lambda');
const typeOf = (text: unknown): TypeExpression => must(parseType(textOf(text), NULL_SOURCE), 'type');
const expressionOf = (text: unknown): Expression => must(parseExpression(textOf(text), NULL_SOURCE), 'expression');
const pathOf = (text: unknown): FieldPath => {
  const given = textOf(text);
  const read = parseFieldPath(given.startsWith('.') ? given : `.${given}`);
  // A query may give any name without quotes.
  return read.ok ? read.value : { elements: [{ key: given, span }], span };
};

/** The items of a database: those of FQL v10, by kind and in the order of their creation. */
export function translateSchema(context: Context): SchemaItem[] {
  const collections = documentsOf(context, NATIVE.collections).map(translateCollection);
  const functions = documentsOf(context, NATIVE.functions);
  const names = new Set(collections.map(({ name }) => name.text));
  const taken = new Set([...names, ...functions.map((data) => textOf(data.fields.get('name')))]);
  return [
    ...collections,
    ...functions.filter(isFunction10).map((data) => translateFunction(context, data, names, taken)),
    ...documentsOf(context, NATIVE.roles).filter(isRole10).map(translateRole),
    ...documentsOf(context, NATIVE.access_providers)
      .filter(isProvider10)
      .map((data) => translateProvider(context, data)),
  ];
}

/** The functions and roles that only FQL v4 can express. */
export function namesOf4(context: Context): { readonly functions: string[]; readonly roles: string[] } {
  const names = (all: readonly ObjectValue[]) => all.map((data) => textOf(data.fields.get('name')));
  return {
    functions: names(documentsOf(context, NATIVE.functions).filter((data) => !isFunction10(data))),
    roles: names(documentsOf(context, NATIVE.roles).filter((data) => !isRole10(data))),
  };
}

/** The existing documents of a collection. */
export function documentsOf({ host }: Context, collection: number): ObjectValue[] {
  const found: ObjectValue[] = [];
  for (const [, version] of host.model.documents.scan(host.auth.scope, collection)) {
    host.budget.spend();
    if (!version.deleted) found.push(version.data);
  }
  return found;
}

const isFunction10 = ({ fields }: ObjectValue): boolean => typeof fields.get('body') === 'string';

function isRole10({ fields }: ObjectValue): boolean {
  const is10 = (given: StoredValue) => {
    const each = mapOf(given);
    const codes = [each.get('predicate'), ...mapOf(each.get('actions')).values()];
    return (
      typeof each.get('resource') === 'string' &&
      codes.every((code) => code === undefined || code === null || ['string', 'boolean'].includes(typeof code))
    );
  };
  const privileges = oneOrMore(fields.get('privileges'));
  // As on the real server, a role with a privilege without actions is in no file.
  const haveActions = privileges.every((given) => mapOf(given).get('actions') instanceof ObjectValue);
  return haveActions && [...privileges, ...oneOrMore(fields.get('membership'))].every(is10);
}

const isProvider10 = ({ fields }: ObjectValue): boolean =>
  oneOrMore(fields.get('roles')).every((role) => {
    const predicate = mapOf(role).get('predicate');
    return predicate === undefined || predicate === null || typeof predicate === 'string';
  });

const annotation = (keyword: string, value: unknown): Annotation | undefined =>
  typeof value === 'string' ? member(keyword, { kind: 'id', name: named(value), span }) : undefined;

const days = (keyword: string, value: unknown) =>
  typeof value === 'bigint' ? member(keyword, { kind: 'integer', value, span } as const) : undefined;

/** How long history is kept if there is no limit. */
const FOREVER = 2n ** 63n - 1n;

/** A collection. */
export function translateCollection(data: ObjectValue): CollectionItem {
  const fields = mapOf(data);
  const constraints = listOf(fields.get('constraints')).map(mapOf);
  const historyDays = fields.get('history_days') ?? FOREVER;
  const ttls = fields.get('document_ttls');
  const migrations = listOf(fields.get('migrations')).map(translateMigration);
  return {
    kind: 'collection',
    name: named(textOf(fields.get('name'))),
    alias: annotation('alias', fields.get('alias')),
    fields: translateFields(fields),
    migrations:
      migrations.length === 0 ? undefined : member('migrations', { kind: 'migrations', items: migrations, span }),
    indexes: [...mapOf(fields.get('indexes'))].map(([name, given]) => {
      const contents = mapOf(given);
      const terms = listOf(contents.get('terms')).map(translateTerm);
      const values = listOf(contents.get('values')).map(translateValue);
      const members = [
        ...(terms.length === 0 ? [] : [member('terms', { kind: 'list', elements: terms, span })]),
        ...(values.length === 0 ? [] : [member('values', { kind: 'list', elements: values, span })]),
      ];
      return namedMember('index', name, { kind: 'block', members, span });
    }),
    uniques: constraints
      .filter((each) => each.has('unique'))
      .map((each) => {
        const elements = listOf(each.get('unique')).map(translateTerm);
        return member('unique', { kind: 'list', elements, span });
      }),
    checks: constraints
      .filter((each) => each.has('check'))
      .map((each) => {
        const check = mapOf(each.get('check'));
        return namedMember('check', textOf(check.get('name')), lambdaConfig('check', check.get('body')));
      }),
    historyDays: historyDays === 0n ? undefined : days('history_days', historyDays),
    ttlDays: days('ttl_days', fields.get('ttl_days')),
    documentTtls:
      typeof ttls === 'boolean' ? member('document_ttls', { kind: 'boolean', value: ttls, span }) : undefined,
    span,
    docComment: undefined,
  };
}

const lambdaConfig = (kind: LambdaConfig['kind'], text: unknown): LambdaConfig => ({
  kind,
  lambda: lambdaOf(text),
  span,
});

/** Fields in the order of the real server, which keeps them in a hash map. */
const inRealOrder = (fields: unknown) => inSetOrder([...mapOf(fields)], ([name]) => hashOfText(name));

function translateFields(fields: Fields): FieldItem[] {
  const defined = inRealOrder(fields.get('fields')).map(([name, given]): FieldItem => {
    const field = mapOf(given);
    const fallback = field.get('default');
    return {
      kind: 'defined',
      name: named(name),
      type: must(parseSchemaType(textOf(field.get('signature')), NULL_SOURCE), 'type'),
      default:
        typeof fallback === 'string' ? { kind: 'expression', expression: expressionOf(fallback), span } : undefined,
      span,
    };
  });
  const computed = inRealOrder(fields.get('computed_fields')).map(([name, given]): FieldItem => {
    const field = mapOf(given);
    const signature = field.get('signature');
    return {
      kind: 'computed',
      name: named(name),
      type: typeof signature === 'string' ? typeOf(signature) : undefined,
      body: lambdaConfig('computed', field.get('body')),
      span,
    };
  });
  const wildcard = fields.get('wildcard');
  const all = [...defined, ...computed];
  if (typeof wildcard === 'string') all.push({ kind: 'wildcard', name: named('*'), type: typeOf(wildcard), span });
  return all;
}

function translateTerm(given: StoredValue): TermConfig {
  const fields = mapOf(given);
  return {
    kind: 'term',
    path: pathOf(typeof given === 'string' ? given : fields.get('field')),
    mva: fields.get('mva') === true,
    span,
  };
}

const translateValue = (given: StoredValue): ValueConfig => ({
  ...translateTerm(given),
  kind: 'value',
  ascending: mapOf(given).get('order') !== 'desc',
});

function translateMigration(given: StoredValue): MigrationItem {
  const [first] = mapOf(given);
  const [kind, fields] = [first?.[0], mapOf(first?.[1])];
  switch (kind) {
    case 'backfill':
      return { kind, path: pathOf(fields.get('field')), value: expressionOf(fields.get('value')), span };
    case 'drop':
    case 'add':
      return { kind, path: pathOf(fields.get('field')), span };
    case 'split':
      return { kind, path: pathOf(fields.get('field')), into: listOf(fields.get('to')).map(pathOf), span };
    case 'move':
      return { kind, path: pathOf(fields.get('field')), to: pathOf(fields.get('to')), span };
    case 'move_conflicts':
    case 'move_wildcard':
      return { kind, into: pathOf(fields.get('into')), span };
    case 'add_wildcard':
      return { kind, span };
    default:
      throw new Error(`a stored migration has an unknown kind: ${kind}`);
  }
}

function translateFunction(
  { host }: Context,
  { fields }: ObjectValue,
  collections: ReadonlySet<string>,
  taken: ReadonlySet<string>,
): FunctionItem {
  const name = textOf(fields.get('name'));
  const lambda = lambdaOf(fields.get('body'));
  const signature = fields.get('signature');
  const read = typeof signature === 'string' ? parseType(signature, NULL_SOURCE) : undefined;
  const type = read?.ok === true && read.value.kind === 'functionType' ? read.value : undefined;
  const parameters = lambda.parameters.map(
    (parameter, i): FunctionParameter => ({
      name: named(parameter?.text ?? '_'),
      type: type?.parameters[i]?.type,
      variadic: false,
    }),
  );
  if (lambda.variadic)
    parameters.push({ name: named(lambda.variadic.name?.text ?? '_'), type: type?.variadic?.type, variadic: true });
  const { body } = lambda;
  // In a file, a function needs an alias if a collection has its name.
  let alias = fields.get('alias');
  if (typeof alias !== 'string' && collections.has(name)) {
    alias = `${name}Function`;
    while (taken.has(alias)) alias += 'Function';
  }
  const role = fields.get('role');
  const roleName = role instanceof Ref ? host.model.schema(role.scope).written.nameOf(NATIVE.roles, role.id) : role;
  return {
    kind: 'function',
    name: named(name),
    alias: annotation('alias', alias),
    role: annotation('role', roleName),
    signature: { parameters, result: type?.result, span },
    body:
      body.kind === 'block'
        ? body
        : { kind: 'block', statements: [{ kind: 'expression', expression: body, span }], span },
    span,
    docComment: undefined,
  };
}

const predicate = (text: unknown): OptionalPredicate => ({
  kind: 'optional',
  predicate: typeof text === 'string' ? lambdaConfig('predicate', text) : undefined,
  span,
});

function translateRole({ fields }: ObjectValue): RoleItem {
  return {
    kind: 'role',
    name: named(textOf(fields.get('name'))),
    privileges: oneOrMore(fields.get('privileges'))
      .map(mapOf)
      .map((privilege) => {
        const members = [...mapOf(privilege.get('actions'))]
          .filter(([, allowed]) => allowed !== false && allowed !== null)
          .map(([action, given]) => member(action, predicate(given)));
        return namedMember('privileges', textOf(privilege.get('resource')), { kind: 'block', members, span });
      }),
    membership: oneOrMore(fields.get('membership'))
      .map(mapOf)
      .map((each) => namedMember('membership', textOf(each.get('resource')), predicate(each.get('predicate')))),
    span,
    docComment: undefined,
  };
}

function translateProvider({ host }: Context, { fields }: ObjectValue): AccessProviderItem {
  const text = (keyword: string) =>
    member(keyword, { kind: 'string', value: textOf(fields.get(keyword)), span } as const);
  const nameOf = (role: unknown) =>
    role instanceof Ref ? (host.model.schema(role.scope).written.nameOf(NATIVE.roles, role.id) ?? '') : textOf(role);
  return {
    kind: 'access provider',
    name: named(textOf(fields.get('name'))),
    issuer: text('issuer'),
    jwksUri: text('jwks_uri'),
    roles: oneOrMore(fields.get('roles')).map((given) => {
      const each = mapOf(given);
      return namedMember('role', nameOf(each.get('role') ?? given), predicate(each.get('predicate')));
    }),
    span,
    docComment: undefined,
  };
}
