// The document of an item of a schema file, as a query would give it.
import { integerValue, Struct, type Value } from '../evaluate/values.js';
import {
  type CollectionItem,
  type MigrationItem,
  type OptionalPredicate,
  type SchemaItem,
  type TermConfig,
  termsOf,
  type ValueConfig,
  valuesOf,
} from '../parse/schema-ast.js';
import { expressionText, functionBodyText, functionTypeText, lambdaText, pathText, typeText } from './print.js';

const struct = (fields: Readonly<Record<string, Value | undefined>>): Struct =>
  new Struct(new Map(Object.entries(fields).filter((field): field is [string, Value] => field[1] !== undefined)));
const structOf = (entries: readonly (readonly [string, Value])[]): Struct => new Struct(new Map(entries));
const unlessEmpty = <T extends { readonly length: number }>(all: T): T | undefined =>
  all.length === 0 ? undefined : all;

/** The fields of an item's document; `data` is what clients have stored in the present one. */
export function structOfItem(item: SchemaItem, data: Value | undefined): Struct {
  const name = item.name.text;
  switch (item.kind) {
    case 'collection':
      return struct({ name, ...collectionFields(item), data });
    case 'function':
      return struct({
        name,
        body: functionBodyText(item),
        signature: functionTypeText(item),
        alias: item.alias?.config.name.text,
        role: item.role?.config.name.text,
        data,
      });
    case 'role':
      return struct({
        name,
        privileges: item.privileges.map(({ name: resource, config }) => {
          const actions = config.members.map(
            (action) => [action.keyword, predicateOf(action.config as OptionalPredicate) ?? true] as const,
          );
          return struct({
            resource: resource.text,
            actions: actions.length === 0 ? undefined : structOf(actions),
          });
        }),
        membership: item.membership.map(({ name: resource, config }) =>
          struct({ resource: resource.text, predicate: predicateOf(config) }),
        ),
        data,
      });
    case 'access provider':
      return struct({
        name,
        issuer: item.issuer.config.value,
        jwks_uri: item.jwksUri.config.value,
        roles: unlessEmpty(
          item.roles.map(({ name: role, config }) => {
            const predicate = predicateOf(config);
            return predicate === undefined ? role.text : struct({ role: role.text, predicate });
          }),
        ),
        data,
      });
  }
}

const predicateOf = ({ predicate }: OptionalPredicate): string | undefined => predicate && lambdaText(predicate.lambda);

const termStruct = ({ path, mva }: TermConfig) => struct({ field: pathText(path), mva });
const valueStruct = ({ path, mva, ascending }: ValueConfig) =>
  struct({ field: pathText(path), order: ascending ? 'asc' : 'desc', mva });

function collectionFields(item: CollectionItem): Readonly<Record<string, Value | undefined>> {
  const computed = item.fields.filter((field) => field.kind === 'computed');
  const defined = item.fields.filter((field) => field.kind === 'defined');
  const wildcard = item.fields.find((field) => field.kind === 'wildcard');
  return {
    alias: item.alias?.config.name.text,
    history_days: integerValue(item.historyDays?.config.value ?? 0n),
    ttl_days: item.ttlDays && integerValue(item.ttlDays.config.value),
    wildcard: wildcard && typeText(wildcard.type),
    document_ttls: item.documentTtls?.config.value,
    indexes: structOf(
      item.indexes.map((index) => [
        index.name.text,
        struct({
          terms: unlessEmpty(termsOf(index).map(termStruct)),
          values: unlessEmpty(valuesOf(index).map(valueStruct)),
        }),
      ]),
    ),
    constraints: [
      ...item.uniques.map(({ config }) => struct({ unique: config.elements.map(termStruct) })),
      ...item.checks.map(({ name, config }) =>
        struct({ check: struct({ name: name.text, body: lambdaText(config.lambda) }) }),
      ),
    ],
    computed_fields:
      computed.length === 0
        ? undefined
        : structOf(
            computed.map((field) => [
              field.name.text,
              struct({ body: lambdaText(field.body.lambda), signature: field.type && typeText(field.type) }),
            ]),
          ),
    fields:
      defined.length === 0
        ? undefined
        : structOf(
            defined.map((field) => [
              field.name.text,
              struct({
                signature: typeText(field.type),
                default: field.default && expressionText(field.default.expression),
              }),
            ]),
          ),
    migrations: item.migrations && unlessEmpty(item.migrations.config.items.map(migrationStruct)),
  };
}

function migrationStruct(item: MigrationItem): Struct {
  const fields = (): Struct => {
    switch (item.kind) {
      case 'backfill':
        return struct({ field: pathText(item.path), value: expressionText(item.value) });
      case 'split':
        return struct({ field: pathText(item.path), to: item.into.map(pathText) });
      case 'move':
        return struct({ field: pathText(item.path), to: pathText(item.to) });
      case 'move_conflicts':
      case 'move_wildcard':
        return struct({ into: pathText(item.into) });
      case 'add_wildcard':
        return struct({});
      default:
        return struct({ field: pathText(item.path) });
    }
  };
  return structOf([[item.kind, fields()]]);
}
