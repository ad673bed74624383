import { INVALID_TENANT_IDS, PUBLIC } from '../common/tenant-names.js';
import type { Api } from './api.js';

/** The API, app and tenant of a path. */
export interface Route {
  readonly api: Api | undefined;
  readonly app: string;
  readonly tenant: string;
}

const APP = /^appid-([a-z0-9-]*)$/;
const TENANT = /^[a-z0-9-]+$/;

/**
 * Finds the API of a path. An app (`/appid-<id>`), a tenant (`/<id>`), or both in this order may precede the API's own path.
 * Case and a trailing slash do not matter.
 *
 * ```ts
 * const router = new Router([{ path: '/recipe/session' }]);
 * router.route('/appid-shop/eu/recipe/session/'); // { api, app: 'shop', tenant: 'eu' }
 * ```
 */
export class Router {
  readonly #apis = new Map<string, Api>();
  // The other APIs that have a path, by the recipe that they are for.
  readonly #ofRecipes = new Map<string, Map<string, Api>>();
  // A cache of routes. Clients use few paths; the bound limits the memory that unusual paths can take.
  readonly #known = new Map<string, Route>();

  constructor(apis: Iterable<Api>) {
    for (const api of apis) {
      if (!this.#apis.has(api.path)) this.#apis.set(api.path, api);
      if (api.recipe === undefined) continue;
      const ofPath = this.#ofRecipes.get(api.path) ?? new Map<string, Api>();
      this.#ofRecipes.set(api.path, ofPath.set(api.recipe, api));
    }
  }

  /** @param path decoded and normalised */
  route(path: string): Route {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const route = this.#find(path.toLowerCase().replace(/\/$/, ''));
    if (this.#known.size >= 1000) this.#known.clear();
    this.#known.set(path, route);
    return route;
  }

  /** Of the APIs that share a path, the one for `recipe`; the routed one if `recipe` has none. */
  forRecipe(api: Api, recipe: string | undefined): Api {
    return (recipe === undefined ? undefined : this.#ofRecipes.get(api.path)?.get(recipe)) ?? api;
  }

  #find(path: string): Route {
    const exact = this.#apis.get(path);
    if (exact !== undefined) return { api: exact, app: PUBLIC, tenant: PUBLIC };
    const segments = path.split('/').slice(1);
    const app = APP.exec(segments[0] ?? '')?.[1];
    const afterApp = app === undefined ? segments : segments.slice(1);
    const named = { app: app || PUBLIC };
    const direct = this.#apis.get(join(afterApp));
    if (direct !== undefined) return { ...named, api: direct, tenant: PUBLIC };
    const [tenant, ...rest] = afterApp;
    if (tenant !== undefined && TENANT.test(tenant) && !INVALID_TENANT_IDS.has(tenant)) {
      const api = this.#apis.get(join(rest));
      if (api !== undefined) return { ...named, api, tenant };
    }
    // In an unknown path, only an unambiguous prefix is read as an app.
    const isRootOfApp = app !== undefined && afterApp.length <= 1 && afterApp.every((segment) => TENANT.test(segment));
    return { api: undefined, app: isRootOfApp ? named.app : PUBLIC, tenant: PUBLIC };
  }
}

function join(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment}`).join('');
}
