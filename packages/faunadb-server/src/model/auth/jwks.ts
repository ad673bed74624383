import type { JWTVerifyGetKey } from 'jose';

/** Loaded at the first use: most servers never see a JWT, and start the sooner without. */
const loadJose = () => import('jose');
type Jose = Awaited<ReturnType<typeof loadJose>>;

/** How many identity providers' key sets are kept at a time. */
const KEY_SETS = 100;
/** How long an identity provider may take to answer, in ms. */
const TIMEOUT = 5_000;
/** How long a key set counts as fresh, and how long none is asked for again on account of a key that is not in it, in ms. */
const MAX_AGE = 600_000;
const COOLDOWN = 30_000;

/** Nothing that is signed with a shared secret, let alone not at all. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const keySets = new Map<string, JWTVerifyGetKey>();

/**
 * Whether a token was signed with one of the keys that are published at `uri`. Key sets are fetched once, and again when
 * they are old or lack a key, at most every half minute: whoever sends tokens cannot make this server hammer a provider's.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
export async function isSignedByKeysAt(uri: string, token: string): Promise<boolean> {
  try {
    const jose = await loadJose();
    await jose.compactVerify(token, keySetAt(jose, uri), { algorithms: ALGORITHMS });
    return true;
  } catch {
    // A bad signature, a key that cannot be read, a provider that is away: nobody is let in on any of these.
    return false;
  }
}

function keySetAt({ createRemoteJWKSet }: Jose, uri: string): JWTVerifyGetKey {
  let keySet = keySets.get(uri);
  if (!keySet) {
    keySet = createRemoteJWKSet(new URL(uri), {
      timeoutDuration: TIMEOUT,
      cacheMaxAge: MAX_AGE,
      cooldownDuration: COOLDOWN,
    });
    if (keySets.size >= KEY_SETS) keySets.delete(keySets.keys().next().value as string);
    keySets.set(uri, keySet);
  }
  return keySet;
}
