import { cdiSupported, version as sdkVersion } from 'supertokens-node/lib/build/version';
import type { FaunadbSessionOptions } from '../backend/options.js';
import { newLineage, tokenId } from '../backend/token-record.js';
import { failureOf, isUnauthorized, networkCode } from '../fauna/base/failure.js';
import type { Language, Run } from '../fauna/base/language.js';
import type { FaunaClient, FaunaQuery } from '../fauna/base/types.js';
import { languageOf } from '../fauna/languages.js';
import { clientOfOptions } from './driver-of-options.js';
import { type Needs, type NeedsOptions, needsOf } from './needs.js';
import { explainByTls } from './reachability.js';

/** The options of {@link doctor}: the parts of a deployment. The checks of omitted parts are skipped. */
export interface DoctorOptions {
  /** The Core's address, as in `connectionURI` of `supertokens.init`. Separate several addresses by `;`. */
  readonly connectionURI: string;
  /** The API key of the Core. Default: none is sent. */
  readonly apiKey?: string;
  /** A client of either driver, with the application's key. Default: the client in `options`. */
  readonly faunaDBClient?: FaunaClient;
  /** The application's own options. Each permission that they need is tested. */
  readonly options?: FaunadbSessionOptions;
  /** The tenant to check, if the options' functions depend on the tenant. Default: `public`. */
  readonly tenantId?: string;
  /** FaunaDB's address as a browser sees it, for the CORS check and for messages. */
  readonly faunaURL?: string;
  /** The collection whose documents are the users. Default: that of `options`. */
  readonly userCollectionName?: string;
  /** The API's address, as in `appInfo.apiDomain`, with `apiBasePath` unless that is `/auth`. */
  readonly apiURL?: string;
  /** The website's address, as in `appInfo.websiteDomain`. */
  readonly websiteDomain?: string;
}

/** The result of one check. */
export interface Finding {
  /** What was checked, in a few words: `Core reachable`. */
  readonly check: string;
  /** Whether it is as it should be. */
  readonly ok: boolean;
  /** One line: what was found and, if the check failed, how to fix it. */
  readonly message: string;
}

/** How far two clocks may differ, in milliseconds, before tokens expire at the wrong time. */
const CLOCK_TOLERANCE = 5_000;

/** How long to wait for an answer, in milliseconds. */
const REQUEST_TIMEOUT = 5_000;

/** The version of the core driver interface that each major version of supertokens-node needs, the newest last. */
export const CDI_OF_SDK: Readonly<Record<string, string>> = { 22: '5.3', 23: '5.3', 24: '5.4' };

/** The frontend SDKs' headers, which a browser asks to send in a preflight request. */
const sdkHeaders = ['rid', 'fdi-version', 'anti-csrf', 'st-auth-mode'];

/**
 * Checks a deployment of SuperTokens and FaunaDB and reports what is wrong. It changes nothing: to test a permission, it
 * runs a transaction and aborts it.
 *
 * @example
 * ```ts
 * for (const { ok, check, message } of await doctor({ connectionURI, faunaDBClient, userCollectionName: 'users' })) {
 *   console.log(ok ? 'ok  ' : 'FAIL', check, message);
 * }
 * ```
 */
export async function doctor(options: DoctorOptions): Promise<Finding[]> {
  const cores = await Promise.all(addresses(options.connectionURI).map((address) => examineCore(address, options)));
  return [...cores.flat(), ...(await examineFaunaDB(options)), ...(await examineCors(options))];
}

/** The addresses in a `connectionURI`. Like the SDK, accepts addresses without a protocol. */
function addresses(connectionURI: string): string[] {
  const given = connectionURI.split(';').filter((address) => address.trim() !== '');
  return given.map((address) => {
    if (/^https?:/.test(address.trim())) return address.trim();
    return `${/^(localhost|[\d.]+)([:/]|$)/.test(address.trim()) ? 'http' : 'https'}://${address.trim()}`;
  });
}

async function examineCore(address: string, { apiKey }: DoctorOptions): Promise<Finding[]> {
  // Those of the SDK that the application has installed.
  const needed = cdiSupported.at(-1) ?? '';
  const request = (path: string, body?: object) =>
    fetch(new URL(path, withSlash(address)), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'cdi-version': needed,
        'content-type': 'application/json; charset=utf-8',
        ...(apiKey === undefined ? {} : { 'api-key': apiKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });

  const reachable = await finding('Core reachable', async () => {
    const { status } = await request('hello').catch(async (error) => {
      throw await unreachable('the Core', address, error);
    });
    if (status !== 200)
      throw new Error(`${address}/hello answers ${status}, so it is not a SuperTokens Core: correct its address.`);
    return `${address} answers.`;
  });
  if (!reachable.ok) return [reachable];

  const version = await finding('Core version', async () => {
    const response = await request('apiversion');
    if (response.status === 401) throw new Error('The Core requires a valid API key: pass it as apiKey.');
    const { versions } = (await response.json().catch(() => ({}))) as { versions?: string[] };
    if (!Array.isArray(versions)) {
      throw new Error(`${address}/apiversion lists no versions, so it is not a SuperTokens Core: correct its address.`);
    }
    if (cdiSupported.some((version) => versions.includes(version))) {
      return `The Core supports CDI ${needed}, which supertokens-node ${sdkVersion} needs.`;
    }
    const fitting = Object.keys(CDI_OF_SDK).filter((major) => versions.includes(CDI_OF_SDK[major] ?? ''));
    throw new Error(
      `The Core supports CDI ${versions.join(', ')}, but supertokens-node ${sdkVersion} needs ${needed}: update the Core${
        fitting.length === 0 ? '' : `, or use supertokens-node ${fitting.join(' or ')}`
      }.`,
    );
  });
  const clock = await finding('Core clock', async () => {
    const response = await request('recipe/jwt', {
      algorithm: 'RS256',
      jwksDomain: 'http://doctor',
      payload: {},
      validity: 60,
    });
    const { jwt } = (await response.json().catch(() => ({}))) as { jwt?: string };
    if (jwt === undefined) throw new Error(`The Core could not sign a JWT (status ${response.status}): see its log.`);
    const { iat } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as { iat: number };
    // `iat` is in whole seconds, rounded down.
    return sameTime('the Core', iat * 1_000 + 500);
  });
  return [reachable, version, clock];
}

async function examineFaunaDB({ faunaURL, tenantId, ...parts }: DoctorOptions): Promise<Finding[]> {
  const options = parts.options ?? namedOnly(parts.userCollectionName);
  const faunaDBClient = parts.faunaDBClient ?? (await clientOfOptions(options, tenantId));
  if (faunaDBClient === undefined) return [];
  const language = await languageOf(faunaDBClient);
  const { operator } = language;
  const run: Run = async <T>(query: FaunaQuery) =>
    (await language.run(faunaDBClient, query, {
      timeout: REQUEST_TIMEOUT,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    })) as T;
  const reachable = await finding('FaunaDB key', async () => {
    await run(operator.ping).catch(async (error) => {
      if (isUnauthorized(error)) throw error;
      throw await unreachable('FaunaDB', faunaURL ?? language.endpointOf(faunaDBClient), error);
    });
    return 'FaunaDB answers and accepts the key.';
  });
  if (!reachable.ok) return [reachable];

  const clock = await finding('FaunaDB clock', async () => sameTime('FaunaDB', await run<number>(operator.now)));
  if (options === undefined) return [reachable, clock];

  let needs: Needs;
  try {
    needs = await needsOf(options, language, run, tenantId);
  } catch (error) {
    const message = `userRef or createUser threw for a user who does not exist: ${oneLine(error)}`;
    return [reachable, clock, { check: 'Options', ok: false, message }];
  }
  const name = needs.userCollectionName ?? needs.collections[0];
  const collection = await finding('User collection', async () => {
    if (needs.userCollectionName === undefined) return 'Not checked: userRef finds the documents.';
    if (await run<boolean>(operator.collectionExists(needs.userCollectionName))) {
      return `Collection "${needs.userCollectionName}" exists.`;
    }
    throw new Error(
      `Collection "${needs.userCollectionName}" does not exist, or the key may not read it: create it, or correct userCollectionName.`,
    );
  });
  if (!collection.ok) return [reachable, clock, collection];

  const permissions = await finding('FaunaDB permissions', async () => {
    const missing: string[] = [];
    const all = trials(language, needs);
    for (const [action, trial] of all) if (!(await isAllowed(language, run, trial))) missing.push(action);
    if (missing.length === 0) return `The key may do what the options need: ${all.map(([what]) => what).join(', ')}.`;
    throw new Error(
      `The key may not ${missing.join(', ')}: create one with "supertokens-faunadb key", or use one with the role "server".`,
    );
  });
  if (name === undefined) return [reachable, clock, collection, permissions];
  const role = await finding('User role', async () => {
    if (!(await isAllowed(language, run, operator.createRole(`doctor_${tokenId(newLineage(), 0)}`))))
      return 'Not checked: only a key with the role "admin" may read roles.';
    const members = await run<boolean>(operator.isMember(name));
    if (members) return `A role has "${name}" in its membership.`;
    throw new Error(`No role has "${name}" in its membership, so the users' tokens may do nothing: create one.`);
  });
  return [reachable, clock, collection, permissions, role];
}

function namedOnly(userCollectionName: string | undefined): NeedsOptions | undefined {
  return userCollectionName === undefined ? undefined : { userCollectionName };
}

/** Each action that the key must be allowed to do, with a query that does it, to be run and aborted. */
function trials({ operator }: Language, needs: Needs): [action: string, trial: FaunaQuery][] {
  const { collections, indexes, trial, createsUsers } = needs;
  const nobody = () => tokenId(newLineage(), 0);
  const found: [string, FaunaQuery][] = [
    ...collections.map((name): [string, FaunaQuery] => [
      `read the documents of "${name}"`,
      operator.readDocument(name, nobody()),
    ]),
    ...indexes.map((name): [string, FaunaQuery] => [`read the index "${name}"`, operator.readIndex(name)]),
  ];
  if (trial !== undefined) found.push(['evaluate userRef', operator.evaluate(trial.user)]);
  if (createsUsers && trial?.createUser !== undefined) {
    found.push(['create users with an id', operator.createUser(trial.user, trial.createUser)]);
  }
  // The integration chooses the token's id, which needs a permission of its own.
  return [...found, ...operator.tokenTrials(nobody(), collections[0])];
}

/** Whether the key is allowed to do an action. The action is aborted. */
async function isAllowed({ operator }: Language, run: Run, action: FaunaQuery): Promise<boolean> {
  try {
    await run(operator.tried(action));
    return false;
  } catch (error) {
    const { kind, description = '' } = failureOf(error) ?? {};
    if (kind === 'aborted' || kind === 'missing') return true;
    if (kind === 'forbidden' || kind === 'no collection' || /undefined index/.test(description)) return false;
    throw error;
  }
}

async function examineCors({ faunaURL, apiURL, websiteDomain }: DoctorOptions): Promise<Finding[]> {
  if (websiteDomain === undefined) return [];
  const { origin } = new URL(websiteDomain);
  const preflight = (url: string, headers: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': headers,
      },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });
  const findings: Finding[] = [];
  if (faunaURL !== undefined) {
    findings.push(
      await finding('FaunaDB CORS', async () => {
        const { headers } = await preflight(faunaURL, 'authorization,content-type,x-faunadb-api-version');
        const allowed = headers.get('access-control-allow-origin');
        if (allowed === '*' || allowed === origin) return `Pages of ${origin} may query it.`;
        throw new Error(
          `Pages of ${origin} may not query ${faunaURL}: let the proxy in front of FaunaDB pass on its CORS headers.`,
        );
      }),
    );
  }
  if (apiURL !== undefined && new URL(apiURL).origin !== origin) {
    const base = new URL(apiURL).pathname === '/' ? new URL('/auth', apiURL).href : apiURL;
    findings.push(
      await finding('API CORS', async () => {
        const { headers } = await preflight(`${withSlash(base)}session/refresh`, sdkHeaders.join(','));
        const credentials = headers.get('access-control-allow-credentials') === 'true';
        const allowed = (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/);
        const sdk = sdkHeaders.every((name) => allowed.includes(name));
        if (headers.get('access-control-allow-origin') === origin && credentials && sdk)
          return `Pages of ${origin} may call it.`;
        throw new Error(
          `Pages of ${origin} may not call ${apiURL}: set cors({ origin: "${origin}", credentials: true, allowedHeaders: supertokens.getAllCORSHeaders() }).`,
        );
      }),
    );
  }
  return findings;
}

async function finding(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, message: await look() };
  } catch (error) {
    return { check, ok: false, message: oneLine(error) };
  }
}

/** Explains why there was no valid answer from an address, which the errors of the driver and `fetch` do not name. */
async function unreachable(what: string, address: string, error: Error): Promise<Error> {
  const byTls = await explainByTls(what, address, REQUEST_TIMEOUT);
  if (byTls !== undefined) return new Error(byTls);
  const What = what[0]?.toUpperCase() + what.slice(1);
  const { cause } = error;
  if (/^(Abort|Timeout)Error$/.test(error.name) || /abort|timeout/i.test(`${error.message} ${String(cause)}`)) {
    return new Error(
      `${What} does not answer at ${address} within ${REQUEST_TIMEOUT / 1_000} s: start it, or correct its address.`,
    );
  }
  // The cause has a code of Node's own if the address answered something that is not HTTP, or not HTTP/2.
  const reason = networkCode(error) ?? (cause instanceof Error && !('code' in cause) ? cause.message : undefined);
  if (reason !== undefined) {
    return new Error(`${What} cannot be reached at ${address} (${reason}): start it, or correct its address.`);
  }
  const failure = failureOf(error);
  const status = failure === undefined ? '' : ` (status ${failure.status})`;
  return new Error(`What answers at ${address}${status} is not ${what}: correct its address.`);
}

function oneLine(error: unknown): string {
  if (isUnauthorized(error)) return 'FaunaDB does not know the key: create a new one with the role "server".';
  if (!(error instanceof Error)) return 'Unknown error.';
  const { cause } = error as { cause?: unknown };
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? `It cannot be reached: ${code}.` : error.message.split('\n')[0] || error.name;
}

function sameTime(whose: string, time: number): string {
  const apart = Math.abs(Date.now() - time);
  if (apart <= CLOCK_TOLERANCE) return `The clock of ${whose} agrees with this one.`;
  throw new Error(
    `The clock of ${whose} differs from this one by ${Math.round(apart / 1_000)} s: synchronise them (NTP).`,
  );
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
