import fc from 'fast-check';
import { convertToRecipeUserId } from 'supertokens-node';
import type { RecipeInterface, SessionContainer } from 'supertokens-node/recipe/session';
import type { UserContext } from 'supertokens-node/types';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { recordOf } from '../src/backend/place.js';
import { tokenId } from '../src/backend/token-record.js';
import { RecipeImplementation } from '../src/index.js';
import { drivers, TestDatabase } from './support/database.js';
import { type Deployment, startDeployment } from './support/deployment.js';
import { type Fault, FaultProxy } from './support/fault-proxy.js';
import { plainRecipe } from './support/supertokens.js';

const sealingKey = Buffer.alloc(32, 7);

/** How many sequences to try. */
const sequences = Number(process.env.SEQUENCES ?? 1_000);

/** Sequences wait more than they work, so that some run beside each other: each with faults of its own. */
const LANES = 20;

let deployment: Deployment;
let database: TestDatabase;
let core: FaultProxy;
let plain: RecipeInterface;
const coreFaults = new Map<string, () => Fault | undefined>();

beforeAll(async () => {
  deployment = await startDeployment();
  database = await TestDatabase.create(deployment.faunadbUrl, deployment.faunadbSecret);
  core = await FaultProxy.before(deployment.supertokensUri, 'http1');
  core.fault = ({ headers }) => coreFaults.get(headers['x-lane'] ?? '')?.();
  plain = plainRecipe(core.url, (request, { lane = '' }) => ({
    ...request,
    headers: { ...request.headers, 'x-lane': lane },
  }));
});

afterAll(async () => {
  await core?.stop();
  await deployment?.stop();
});

/** Three processes: the integration three times, with either driver, which share nothing but the servers. */
function processes(faunadbUrl: string, lane: number): RecipeInterface[] {
  const clientOf = (process: number) => database.clientAt(faunadbUrl, drivers[(lane + process) % drivers.length]);
  const common = {
    userCollectionName: database.collection,
    queryTimeout: 1_000,
    // What is left of the grace is gone at once, so that the end of a sequence need not be waited for.
    refreshGracePeriod: 0,
  };
  return [
    new RecipeImplementation(plain, { ...common, faunaDBClient: clientOf(0), accessFaunadbTokenFromFrontend: true }),
    new RecipeImplementation(plain, {
      ...common,
      faunaDBClient: clientOf(1),
      sealingKey: sealingKey.toString('base64url'),
    }),
    // In the session data, where a process remembers what it has read; and kept across refreshes, with so little left at each
    // use that the ttl is extended.
    new RecipeImplementation(plain, { ...common, faunaDBClient: clientOf(2), keepTokenOnRefresh: true }),
  ];
}

const operations = [
  'login',
  'refresh',
  'refresh twice',
  'use',
  'check',
  'claim',
  'revoke',
  'revoke all',
  'theft',
] as const;
const faults: (Fault | undefined)[] = [undefined, 'cut before', 'cut after', { answer: 500 }];

const step = fc.record({
  operation: fc.constantFrom(...operations),
  slot: fc.nat({ max: 49 }),
  process: fc.nat({ max: 2 }),
  faunaFault: fc.constantFrom(undefined, undefined, ...faults),
  coreFault: fc.constantFrom(undefined, undefined, undefined, undefined, ...faults),
  /** Goes on together with the step after it. */
  together: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One browser: the newest tokens of its session, and those before. */
interface Browser {
  session: SessionContainer;
  former: SessionContainer | undefined;
}

/** A sequence under way. */
interface Lane {
  readonly recipes: readonly RecipeInterface[];
  readonly context: () => UserContext;
  users: readonly string[];
  browsers: Map<number, Browser>;
  handles: Set<string>;
}

it('leaves alive in FaunaDB exactly the tokens that live sessions carry, after any sequence of events and faults', async () => {
  await Promise.all(Array.from({ length: LANES }, (_, index) => runLane(index)));
}, 600_000);

async function runLane(index: number): Promise<void> {
  const name = String(index);
  const fauna = await FaultProxy.before(deployment.faunadbUrl, 'http2');
  const context = () => ({ lane: name }) as unknown as UserContext;
  const lane: Lane = {
    recipes: processes(fauna.url, index),
    context,
    users: [],
    browsers: new Map(),
    handles: new Set(),
  };
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
    lane.users = [await database.createUser(), await database.createUser()];
    lane.browsers = new Map();
    lane.handles = new Set();
    for (let i = 0; i < steps.length; i++) {
      const group = [steps[i] as Step];
      while (steps[i]?.together && i + 1 < steps.length) group.push(steps[++i] as Step);
      fauna.fault = once(group[0]?.faunaFault);
      coreFaults.set(name, once(group[0]?.coreFault));
      await Promise.all(group.map((one) => run(one, lane).catch(() => {})));
    }
    coreFaults.delete(name);
    fauna.fault = () => undefined;
    const patience = { timeout: 60_000, interval: 250 };
    await vi.waitFor(async () => expect(await aliveTokens(lane)).toEqual(await carriedTokens(lane)), patience);
    for (const userId of lane.users) await revokeAll(lane, lane.recipes[0] as RecipeInterface, userId);
    await vi.waitFor(async () => expect(await aliveTokens(lane)).toEqual([]), patience);
  });
  await fc.assert(property, { numRuns: sequences / LANES, endOnFailure: true });
  await fauna.stop();
}

/** A fault that happens to the first request that it can happen to. */
function once(fault: Fault | undefined): () => Fault | undefined {
  let left = fault;
  return () => {
    const now = left;
    left = undefined;
    return now;
  };
}

async function run({ operation, slot, process }: Step, lane: Lane): Promise<void> {
  const { recipes, users, browsers, handles, context } = lane;
  const recipe = recipes[process] as RecipeInterface;
  const other = recipes[(process + 1) % recipes.length] as RecipeInterface;
  const userId = users[slot % users.length] as string;
  const browser = browsers.get(slot);
  if (operation === 'login' || browser === undefined) {
    const recipeUserId = convertToRecipeUserId(userId);
    const input = { userId, recipeUserId, tenantId: 'public', disableAntiCsrf: true, userContext: context() };
    const session = await recipe.createNewSession(input);
    handles.add(session.getHandle());
    browsers.set(slot, { session, former: undefined });
    return;
  }
  const { session, former } = browser;
  const request = () => recipe.getSession({ accessToken: session.getAccessToken(), userContext: context() });
  switch (operation) {
    case 'refresh':
      browsers.set(slot, { session: await refresh(lane, recipe, session), former: session });
      return;
    case 'refresh twice': {
      const [, second] = await Promise.all([refresh(lane, recipe, session), refresh(lane, other, session)]);
      browsers.set(slot, { session: second, former: session });
      return;
    }
    case 'use':
      await (await request())?.getFaunadbToken();
      return;
    case 'check':
      await (await request())?.getFaunadbToken({ checkAlive: true });
      return;
    case 'claim':
      await (await request())?.mergeIntoAccessTokenPayload({ role: slot });
      return;
    case 'revoke':
      await recipe.revokeSession({ sessionHandle: session.getHandle(), userContext: context() });
      return;
    case 'revoke all':
      await revokeAll(lane, recipe, userId);
      return;
    case 'theft':
      await request();
      if (former !== undefined) await refresh(lane, recipe, former);
  }
}

function refresh({ context }: Lane, recipe: RecipeInterface, session: SessionContainer): Promise<SessionContainer> {
  const { refreshToken = '' } = session.getAllSessionTokensDangerously();
  return recipe.refreshSession({ refreshToken, disableAntiCsrf: true, userContext: context() });
}

async function revokeAll({ context }: Lane, recipe: RecipeInterface, userId: string): Promise<void> {
  const input = { userId, tenantId: 'public', revokeSessionsForLinkedAccounts: true, userContext: context() };
  await recipe.revokeAllSessionsForUser(input);
}

async function aliveTokens({ users }: Lane): Promise<string[]> {
  return (await database.tokens())
    .filter(({ userId }) => users.includes(userId))
    .map(({ id }) => id)
    .sort();
}

/** The ids of the tokens that the Core says its sessions carry. */
async function carriedTokens({ handles }: Lane): Promise<string[]> {
  const ids: string[] = [];
  for (const sessionHandle of handles) {
    const information = await plain.getSessionInformation({ sessionHandle, userContext: {} as UserContext });
    const record = information && (await recordOf(information, [sealingKey]));
    if (record?.secret !== undefined) ids.push(tokenId(record.lineage, record.generation));
  }
  return ids.sort();
}
