import { createHmac } from 'node:crypto';
import { type Authenticate, authenticator, corpusOf, type Headers, type Scenario, type Step } from './corpus.js';
import { withDirectory } from './directory.js';
import { type Counts, type Run, randomFrom } from './kind.js';
import { isObject, type Json, Mutator, Raw, write } from './mutation.js';
import { ROOT_KEY, type Server, type ServerName, startServer } from './server.js';

/** Restarts a server after this many requests, so that its data stay small. */
const REQUESTS_A_SERVER = 20_000;
const REQUESTS_A_SHORT_RUN = 400;
/** How many scenarios are played at once. */
const PLAYERS = 12;
/** How many different failures to collect before the run ends. */
const ENOUGH = 20;

/** Sends both servers modified versions of recorded requests and checks whether and how they answer. */
export default async function fuzz(run: Run): Promise<Counts> {
  const counts = { rounds: 0, scenarios: 0, 'faunadb-server': 0, 'core-server': 0 };
  const findings = new Map<string, string>();
  const authenticate = await authenticator();
  const fuzzOne = async (name: ServerName, random: () => number) => {
    const scenarios = corpusOf(name);
    const others = scenarios.flatMap(contentOf);
    const most = run.hasTime() ? REQUESTS_A_SERVER : REQUESTS_A_SHORT_RUN;
    for (let round = 0; round === 0 || (run.hasTime(counts[name]) && findings.size < ENOUGH); round++) {
      const end = counts[name] + most;
      const goesOn = () =>
        counts[name] < end && findings.size < ENOUGH && (most === REQUESTS_A_SHORT_RUN || run.hasTime(counts[name]));
      await fuzzed(name, findings, async (server) => {
        while (goesOn() && server.ended === undefined) {
          const seed = Math.floor(random() * 2 ** 32);
          const mutator = new Mutator(randomFrom(seed), others);
          const player = new Player(name, server, mutator.pick(scenarios), mutator, authenticate, seed);
          for (const { what, how } of await player.play()) findings.set(what, how);
          counts[name] += player.asked;
          counts.scenarios++;
          run.progress(`${counts['faunadb-server']} + ${counts['core-server']} requests, ${findings.size} findings`);
        }
      });
      counts.rounds++;
    }
  };
  const randoms = [0, 1].map(() => randomFrom(Math.floor(run.random() * 2 ** 32)));
  await Promise.all([fuzzOne('faunadb-server', randoms[0]!), fuzzOne('core-server', randoms[1]!)]);
  if (findings.size > 0) {
    throw new Error(`${findings.size} findings in ${JSON.stringify(counts)}:\n${[...findings.values()].join('\n\n')}`);
  }
  return counts;
}

/** Plays many scenarios on a new server and checks its output and how it ended. */
async function fuzzed(
  name: ServerName,
  findings: Map<string, string>,
  play: (server: Server) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const server = await startServer(name, directory);
    try {
      await Promise.all(Array.from({ length: PLAYERS }, () => play(server)));
      if (server.ended !== undefined) {
        findings.set('ended', `${name} ended by ${server.ended}: ${server.output.slice(-3000)}`);
      }
      // Whatever a server reports itself happened outside a request, or was answered with 500.
      for (const line of server.output.split('\n')) {
        if (/"level":[56]0|unhandled|uncaught/i.test(line)) {
          findings.set(line.replace(/\d+/g, ''), `${name} reports: ${line}`);
        }
      }
    } finally {
      await server.kill();
    }
  });
}

function contentOf({ steps }: Scenario): Json[] {
  return steps.flatMap(({ q, v4, fsl, body }) => [q, v4, fsl, body].filter((each) => each !== undefined));
}

/** A request with all variables filled in. */
interface FilledRequest {
  readonly method: string;
  readonly path: string;
  readonly query: { readonly [name: string]: Json };
  readonly headers: Headers;
  readonly body: Json | undefined;
}

let players = 0;

/** Plays one scenario, repeating each step with modifications. */
class Player {
  asked = 0;
  readonly #saved: Record<string, Json>;
  readonly #unique = `f${process.pid.toString(36)}${(players++).toString(36)}${Date.now().toString(36)}`;
  readonly #keys = new Map<string, unknown>();
  readonly #findings: { what: string; how: string }[] = [];
  readonly #history: string[] = [];
  readonly #name: ServerName;
  readonly #server: Server;
  readonly #scenario: Scenario;
  readonly #mutator: Mutator;
  readonly #authenticate: Authenticate | undefined;
  readonly #seed: number;

  constructor(
    name: ServerName,
    server: Server,
    scenario: Scenario,
    mutator: Mutator,
    authenticate: Authenticate | undefined,
    seed: number,
  ) {
    this.#name = name;
    this.#server = server;
    this.#scenario = scenario;
    this.#mutator = mutator;
    this.#authenticate = authenticate;
    this.#seed = seed;

    const number = String(10_000_000 + (players % 90_000_000));
    this.#saved = { unique: this.#unique, number, root: ROOT_KEY };
  }

  async play(): Promise<readonly { what: string; how: string }[]> {
    if (this.#name === 'faunadb-server') await this.#makeDatabase();
    for (const step of this.#scenario.steps) {
      if (this.#server.ended !== undefined) break;
      if (step.totp !== undefined) this.#save('totp', step, this.#totp(step));
      if (step.authenticator !== undefined) this.#save('authenticator', step, this.#credential(step.authenticator));
      if ([step.q, step.v4, step.fsl, step.raw, step.path].every((each) => each === undefined)) continue;
      const request = this.#requestOf(step);
      for (let more = this.#mutator.below(4); more > 0; more--) await this.#ask(this.#changed(request));
      const answer = await this.#ask(request);
      for (const [name, at] of Object.entries(step.save ?? {})) {
        const found = at.reduce<Json | undefined>(
          (value, key) => (value as Record<string, Json> | null | undefined)?.[key],
          answer,
        );
        if (found !== undefined) this.#saved[name] = found;
      }
    }
    if (this.#name === 'faunadb-server') {
      await this.#ask(this.#queryAs(ROOT_KEY, { delete: { database: this.#unique } }));
    }
    return this.#findings;
  }

  async #makeDatabase(): Promise<void> {
    const database = this.#unique;
    this.#saved.database = database;
    await this.#ask(this.#queryAs(ROOT_KEY, { create_database: { object: { name: database } } }));
    for (const role of ['admin', 'server', 'server-readonly', 'client']) {
      const answer = await this.#ask(
        this.#queryAs(ROOT_KEY, { create_key: { object: { database: { database }, role } } }),
      );
      this.#saved[role === 'server-readonly' ? 'readonly' : role] =
        isObject(answer) && isObject(answer.resource) ? (answer.resource.secret ?? null) : null;
    }
  }

  #save(_kind: string, step: Step, value: Json): void {
    if (typeof step.as === 'string') this.#saved[step.as] = value;
  }

  #totp({ totp, period = 30 }: Step): string {
    const secret = String(this.#fill(totp as string)).replace(/=+$/, '');
    const bits = [...secret]
      .map((c) => Math.max(0, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c)).toString(2).padStart(5, '0'))
      .join('');
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / Number(period))));
    const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    const hash = createHmac('sha1', key).update(counter).digest();
    return String((hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
  }

  #credential(options: { readonly [name: string]: Json }): Json {
    try {
      return this.#authenticate?.(this.#fill(options) as object, this.#keys, this.#unique) ?? null;
    } catch {
      return null;
    }
  }

  #requestOf(step: Step): FilledRequest {
    if (this.#name === 'core-server') {
      return {
        method: step.method ?? 'GET',
        path: String(this.#fill(step.path ?? '/')),
        query: (this.#fill(step.query ?? {}) ?? {}) as { readonly [name: string]: Json },
        headers: { rid: 'session', 'cdi-version': step.cdi ?? '5.4', ...(this.#fill(step.headers ?? {}) as Headers) },
        body: step.body === undefined ? undefined : this.#fill(step.body),
      };
    }
    const inFql10 = this.#scenario.language === 'fql10';
    const as = step.as ?? (inFql10 ? 'admin' : 'server');
    const secret =
      as === 'nobody' ? undefined : /[$:]/.test(as) ? String(this.#fill(as)) : String(this.#saved[as] ?? as);
    const authorization: Headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
    if (step.v4 !== undefined) return this.#queryAs(secret, this.#fill(step.v4));
    if (step.fsl !== undefined) return this.#schemaPush(authorization, step);
    if (inFql10 && step.q !== undefined) return this.#fql10Query(authorization, step);
    if (step.raw === undefined) return this.#queryAs(secret, this.#fill(step.q ?? null));
    const { method = 'POST', path = '/', headers = {}, body } = step.raw;
    return {
      method,
      path: String(this.#fill(path)),
      query: {},
      headers: { ...authorization, ...(this.#fill(headers) as Headers) },
      // A string is sent as it is.
      body:
        typeof body === 'string'
          ? new Raw(String(this.#fill(body)))
          : body === undefined
            ? undefined
            : this.#fill(body),
    };
  }

  #fql10Query(authorization: Headers, { q = null, args, headers = {} }: Step): FilledRequest {
    const query = this.#fill(q);
    return {
      method: 'POST',
      path: '/query/1',
      query: {},
      headers: { ...authorization, 'x-format': 'tagged', ...(this.#fill(headers) as Headers) },
      body: args === undefined ? { query } : { query, arguments: this.#fill(args) },
    };
  }

  #schemaPush(authorization: Headers, { fsl = {}, to = 'update', params = '', headers = {} }: Step): FilledRequest {
    const boundary = 'part-of-a-schema';
    const parts = Object.entries(fsl).map(([name, text]) => {
      const filled = String(this.#fill(text));
      const content = this.#mutator.below(2) === 0 ? this.#mutator.program(filled) : filled;
      return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n${content}\r\n`;
    });
    return {
      method: 'POST',
      path: `/schema/1/${to}${String(this.#fill(params))}`,
      query: {},
      headers: {
        ...authorization,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(this.#fill(headers) as Headers),
      },
      body: new Raw(`${parts.join('')}--${boundary}--\r\n`),
    };
  }

  #queryAs(secret: string | undefined, query: Json): FilledRequest {
    const authorization = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
    return {
      method: 'POST',
      path: '/',
      query: {},
      headers: { ...authorization, 'x-faunadb-api-version': '4' },
      body: query,
    };
  }

  #fill(value: Json): Json {
    if (typeof value === 'string') {
      const whole = /^\$\{(\w+)\}$/.exec(value)?.[1];
      if (whole !== undefined) return this.#saved[whole] ?? null;
      return value.replace(/\$\{(\w+)\}/g, (_, name: string) => String(this.#saved[name]));
    }
    if (Array.isArray(value)) return value.map((each) => this.#fill(each));
    if (isObject(value)) {
      if (typeof value.$var === 'string') return this.#saved[value.$var] ?? null;
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [String(this.#fill(name)), this.#fill(each)]),
      );
    }
    return value;
  }

  #changed(request: FilledRequest): FilledRequest {
    const mutator = this.#mutator;
    const which = mutator.below(20);
    if (which === 0)
      return {
        ...request,
        method: mutator.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE']),
      };
    if (which === 1) return { ...request, path: `/${mutator.text(request.path.slice(1))}` };
    if (which === 2) {
      const name = mutator.pick([
        ...Object.keys(request.headers),
        'cdi-version',
        'rid',
        'x-query-timeout',
        'x-last-seen-txn',
        'content-type',
        'x-request-id',
      ]);
      const value = request.headers[name] ?? '';
      return {
        ...request,
        headers: { ...request.headers, [name]: mutator.pick([mutator.text(value), String(mutator.hostile())]) },
      };
    }
    if (Object.keys(request.query).length > 0 && (request.body === undefined || which === 3)) {
      return { ...request, query: mutator.json(request.query) as FilledRequest['query'] };
    }
    if (request.body === undefined)
      return {
        ...request,
        query: { [mutator.pick(['limit', 'userId', 'paginationToken', 'timeJoinedOrder'])]: mutator.hostile() },
      };
    if (which === 4) return { ...request, body: new Raw(mutator.text(write(request.body))) };
    if (isObject(request.body) && typeof request.body.query === 'string' && which < 16) {
      return { ...request, body: { ...request.body, query: mutator.program(request.body.query) } };
    }
    let body = mutator.json(request.body);
    for (let more = mutator.below(3); more > 0; more--) body = mutator.json(body);
    return { ...request, body };
  }

  /** @returns the answer if it is JSON */
  async #ask(request: FilledRequest): Promise<Json | undefined> {
    this.asked++;
    const target = visible(request.path.startsWith('/') ? request.path : `/${request.path}`) + queryOf(request.query);
    const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' };
    for (const [name, value] of Object.entries(request.headers)) {
      if (value === null) delete headers[name];
      // Skips what no client can send.
      else
        headers[name] = String(value)
          .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?')
          .slice(0, 4000);
    }
    const body = request.method === 'GET' || request.body === undefined ? undefined : write(request.body);
    const summary = `${request.method} ${target} ${JSON.stringify(headers)} ${body ?? ''}`;
    if (body !== undefined) headers['content-length'] ??= String(Buffer.byteLength(body));
    this.#history.push(summary);
    try {
      const answer = await this.#server.send(request.method, target, headers, body);
      const how = `answered ${answer.status} ${answer.body.slice(0, 300)}`;
      if (answer.status >= 500 && !isMeant(request, answer)) this.#found(summary, how);
      if (answer.body === '' || !/^[[{]/.test(answer.body)) return undefined;
      return JSON.parse(answer.body);
    } catch (error) {
      if (this.#server.ended === undefined || this.#findings.length === 0)
        this.#found(summary, String((error as Error).message));
      return undefined;
    }
  }

  #found(request: string, how: string): void {
    const what = `${this.#name} ${how.replace(/\d+|"[^"]{20,}"/g, '').slice(0, 200)} ${how.startsWith('answered 500') ? (/\/[\w/]*/.exec(request)?.[0] ?? '') : ''}`;
    const before = this.#history.slice(-4, -1).map((each) => `    after ${each.slice(0, 500)}`);
    const story = [
      `${this.#name}, scenario "${this.#scenario.name}", seed ${this.#seed}: ${how}`,
      `  ${request.slice(0, 3000)}`,
      ...before,
    ];
    this.#findings.push({ what, how: story.join('\n') });
  }
}

/** Answers of 500 and above that are documented. */
function isMeant({ method }: FilledRequest, { status, body }: { status: number; body: string }): boolean {
  if (status === 503) return /"code":"(?:time out|transaction aborted)"|try again later/.test(body);
  return status === 501 && !['GET', 'POST', 'PUT', 'DELETE'].includes(method);
}

function visible(text: string): string {
  return text
    .replace(/[^!-~]/gu, (char) => (char.isWellFormed?.() === false ? '%ff' : encodeURIComponent(char)))
    .slice(0, 6000);
}

function queryOf(query: FilledRequest['query']): string {
  if (!isObject(query)) return `?${visible(write(query))}`;
  const fields = Object.entries(query).map(([name, value]) => {
    const text = typeof value === 'string' ? value : write(value);
    return `${encode(name)}=${encode(text)}`;
  });
  return fields.length === 0 ? '' : `?${fields.join('&').slice(0, 6000)}`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed?.() ?? text);
}
