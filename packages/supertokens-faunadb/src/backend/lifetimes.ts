/** For how much longer than its access token a FaunaDB token lives, so that clocks may differ, in milliseconds. */
export const CLOCK_LAG = 30_000;

/** The Core's own default for the lifetime of an access token. */
const DEFAULT_LIFETIME = 3_600_000;

/**
 * How long access tokens live, by tenant, in milliseconds. Learned from the access tokens that pass by, so that no
 * setting has to repeat the Core's.
 */
export class AccessTokenLifetimes {
  readonly #seen = new Map<string, number>();

  /** The lifetime to expect of the next access token. */
  expected(tenantId: string): number {
    return this.#seen.get(tenantId) ?? DEFAULT_LIFETIME;
  }

  /** Takes note of an access token just made. */
  learn(tenantId: string, payload: { readonly iat?: unknown; readonly exp?: unknown }): void {
    const { iat, exp } = payload;
    if (typeof iat === 'number' && typeof exp === 'number' && exp > iat) this.#seen.set(tenantId, (exp - iat) * 1_000);
  }
}
