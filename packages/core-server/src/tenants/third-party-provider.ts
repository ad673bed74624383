import { hashSetOrder } from '@supertokens-faunadb/java/hash-order';
import { BadRequest } from '../common/errors.js';
import { isObject, type Json, type JsonObject } from '../json/json.js';

/** How users log in by a third party. The Core keeps it for the SDKs, in the words of their interface. */
export interface ThirdPartyProvider extends JsonObject {
  readonly thirdPartyId: string;
  readonly clients: ThirdPartyClient[];
}

/** The credentials of an application at a third party. */
export interface ThirdPartyClient extends JsonObject {}

const PROVIDER_FIELDS = {
  thirdPartyId: text,
  name: text,
  clients: listOf(readClient),
  authorizationEndpoint: text,
  authorizationEndpointQueryParams: object,
  tokenEndpoint: text,
  tokenEndpointBodyParams: object,
  userInfoEndpoint: text,
  userInfoEndpointQueryParams: object,
  userInfoEndpointHeaders: object,
  jwksURI: text,
  oidcDiscoveryEndpoint: text,
  requireEmail: flag,
  userInfoMap: (value: Json, at: string) =>
    fieldsOf(value, { fromIdTokenPayload: claims, fromUserInfoAPI: claims }, at),
};

const CLIENT_FIELDS = {
  clientType: text,
  clientId: text,
  clientSecret: text,
  scope: listOf(text),
  forcePKCE: flag,
  additionalConfig: object,
};

/**
 * Reads what a request says of a third party. What is none of its fields is left out; texts and flags are read as leniently as
 * by the real Core.
 *
 * @throws BadRequest where a list or an object is something else
 */
export function readProvider(given: JsonObject): ThirdPartyProvider {
  const { clients = [], userInfoMap, ...fields } = fieldsOf(given, PROVIDER_FIELDS, '$');
  const maps = { fromIdTokenPayload: {}, fromUserInfoAPI: {}, ...(userInfoMap as JsonObject | undefined) };
  return { ...fields, clients, userInfoMap: maps } as unknown as ThirdPartyProvider;
}

/** A tenant's third parties and their clients, in the order of responses. */
export function inResponseOrder(providers: readonly ThirdPartyProvider[]): ThirdPartyProvider[] {
  return sortedBy(providers, ({ thirdPartyId }) => thirdPartyId).map((provider) => ({
    ...provider,
    clients: sortedBy(provider.clients, typeOf),
  }));
}

function sortedBy<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const order = hashSetOrder(items.map(nameOf));
  return [...items].sort((one, other) => order.indexOf(nameOf(one)) - order.indexOf(nameOf(other)));
}

function typeOf({ clientType }: ThirdPartyClient): string {
  return typeof clientType === 'string' ? clientType : '';
}

/** @throws BadRequest when a third party cannot be logged in by */
export function checkProviders(providers: readonly ThirdPartyProvider[]): void {
  for (const { thirdPartyId, clients } of providers) {
    require(thirdPartyId !== '', 'thirdPartyId cannot be null or empty');
    const types = new Set<string>();
    for (const client of clients) {
      require(!types.has(typeOf(client)), 'Duplicate clientType was specified in the clients list.');
      types.add(typeOf(client));
      checkClient(client, thirdPartyId);
    }
  }
}

function checkClient({ clientId, scope, additionalConfig }: ThirdPartyClient, thirdPartyId: string): void {
  require(clientId !== undefined, 'clientId cannot be null');
  require(!(Array.isArray(scope) && scope.includes(null)), 'scope array cannot contain a null');
  const config = isObject(additionalConfig) ? additionalConfig : undefined;
  const isText = (name: string) => typeof config?.[name] === 'string' && config[name] !== '';
  if (thirdPartyId.startsWith('apple')) {
    require(['keyId', 'teamId', 'privateKey'].every(
      isText,
    ), 'a non empty string value must be specified for keyId, teamId and privateKey in the additionalConfig for Apple provider');
  } else if (thirdPartyId.startsWith('google-workspaces')) {
    require(config === undefined ||
      !Object.hasOwn(config, 'hd') ||
      isText('hd'), 'hd in additionalConfig must be a non empty string value');
  } else if (thirdPartyId.startsWith('boxy-saml')) {
    require(config === undefined ||
      !Object.hasOwn(config, 'boxyURL') ||
      isText(
        'boxyURL',
      ), 'a non empty string value must be specified for boxyURL in the additionalConfig for Boxy SAML provider');
  }
}

function require(holds: boolean, message: string): void {
  if (!holds) throw new BadRequest(`Invalid third party config: ${message}`);
}

type FieldReader = (value: Json, at: string) => Json;

function fieldsOf(given: Json, fields: Readonly<Record<string, FieldReader>>, at: string): JsonObject {
  const read: JsonObject = {};
  const input = object(given, at);
  for (const [name, reading] of Object.entries(fields)) {
    const value = Object.hasOwn(input, name) ? (input[name] as Json) : null;
    if (value !== null) read[name] = reading(value, `${at}.${name}`);
  }
  return read;
}

function claims(value: Json, at: string): JsonObject {
  return fieldsOf(value, { userId: text, email: text, emailVerified: text }, at);
}

function readClient(value: Json, at: string): Json {
  return fieldsOf(value, CLIENT_FIELDS, at);
}

function listOf(reading: FieldReader): FieldReader {
  return (value, at) => {
    if (!Array.isArray(value)) throw mismatch(at, 'an array');
    return value.map((item, index) => (item === null ? nullItem(reading, at) : reading(item, `${at}[${index}]`)));
  };
}

// Only a list of texts may contain null; its reader decides what that means.
function nullItem(reading: FieldReader, at: string): null {
  if (reading !== text) throw mismatch(at, 'a list without null');
  return null;
}

function object(value: Json, at: string): JsonObject {
  if (!isObject(value)) throw mismatch(at, 'an object');
  return value;
}

function text(value: Json, at: string): string {
  if (typeof value === 'object') throw mismatch(at, 'a string');
  return String(value);
}

function flag(value: Json, at: string): boolean {
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  if (typeof value !== 'boolean') throw mismatch(at, 'a boolean');
  return value;
}

function mismatch(at: string, expected: string): BadRequest {
  return new BadRequest(`Invalid third party config: ${at} must be ${expected}`);
}
