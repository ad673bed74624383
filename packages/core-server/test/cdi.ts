import type { Json, JsonObject } from '../src/json/json.js';

/** What a Core answers, as far as the tests look at it. */
export interface Answered extends JsonObject {
  readonly status: string;
}

/** Asks a Core as an SDK does. @throws when the answer is not JSON with status 200 */
export async function ask(
  url: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
  version = '5.4',
): Promise<Answered> {
  const response = await fetch(url + path, {
    method,
    headers: { 'cdi-version': version, ...(body && { 'content-type': 'application/json; charset=utf-8' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Answered;
}

export interface NewTokens {
  readonly handle: string;
  readonly access: string;
  readonly refresh: string;
}

/** Makes a session. */
export async function createSession(url: string, userId: string, userDataInJWT: JsonObject = {}): Promise<NewTokens> {
  const body = { userId, userDataInJWT, userDataInDatabase: {}, enableAntiCsrf: false, useDynamicSigningKey: true };
  return tokensOf(await ask(url, 'POST', '/recipe/session', body));
}

export async function refreshSession(url: string, refreshToken: string): Promise<NewTokens> {
  const body = { refreshToken, enableAntiCsrf: false, useDynamicSigningKey: true };
  return tokensOf(await ask(url, 'POST', '/recipe/session/refresh', body));
}

/** Asks whose session an access token proves. */
export function verifySession(url: string, accessToken: string, checkDatabase = true): Promise<Answered> {
  const body = { accessToken, doAntiCsrfCheck: false, enableAntiCsrf: false, checkDatabase };
  return ask(url, 'POST', '/recipe/session/verify', body);
}

function tokensOf(answer: Answered): NewTokens {
  const at = (value: Json | undefined, name: string) => String((value as JsonObject)[name]);
  return {
    handle: at(answer.session, 'handle'),
    access: at(answer.accessToken, 'token'),
    refresh: at(answer.refreshToken, 'token'),
  };
}
