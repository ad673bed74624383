/** How much longer a FaunaDB token lives than its access token, to allow for clock differences, in milliseconds. */
export const CLOCK_LAG = 30_000;

/** The Core's own default for the lifetime of an access token. */
const DEFAULT_LIFETIME = 3_600_000;

/**
 * The lifetimes of access tokens by tenant, in milliseconds. They are learned from the access tokens themselves, so that
 * the Core's setting need not be repeated in the options.
 */
export class AccessTokenLifetimes {
  readonly #seen = new Map<string, number>();

  /** The expected lifetime of the next access token. */
  expected(tenantId: string): number {
    return this.#seen.get(tenantId) ?? DEFAULT_LIFETIME;
  }

  /** Learns the lifetime from a new access token. */
  learn(tenantId: string, payload: { readonly iat?: unknown; readonly exp?: unknown }): void {
    const { iat, exp } = payload;
    if (typeof iat === 'number' && typeof exp === 'number' && exp > iat) this.#seen.set(tenantId, (exp - iat) * 1_000);
  }
}
