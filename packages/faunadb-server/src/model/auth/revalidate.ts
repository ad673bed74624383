import type { Auth } from '../../language/context.js';
import type { ModelView } from '../view.js';
import { isTimely } from './jwt.js';
import { RolePermissions } from './role-permissions.js';

/**
 * Whether what a stream was opened with still holds: its key or token is there, unchanged, and has not run out, and its
 * roles are what they were. To be asked before each event, since streams outlive what opened them.
 */
export function isStillValid(view: ModelView, { source, permissions }: Auth): boolean {
  if (permissions instanceof RolePermissions && !permissions.areCurrent(view)) return false;
  switch (source.kind) {
    case 'root':
      return true;
    case 'jwt':
      return isTimely(source.payload, view.time);
    default: {
      const latest = view.documents.latest(source.ref);
      return latest?.ts === source.ts && latest.isLive(view.time);
    }
  }
}
