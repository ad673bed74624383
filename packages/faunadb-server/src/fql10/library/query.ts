import { ADMIN, ROOT } from '../../model/auth/builtin-permissions.js';
import { errors } from '../evaluate/failures.js';
import { fromStored } from '../evaluate/stored.js';
import { Doc, Null } from '../evaluate/values.js';
import { LibraryModule } from './base.js';

/** Information about the running query. */
export const queryModule = new LibraryModule('Query').define((table) => {
  table
    .method('identity', [], (context) => {
      const { identity } = context.host.auth;
      return identity ? new Doc(identity) : Null.noElement('missing identity', context.span);
    })
    .method('token', [], (context) => {
      const { source } = context.host.auth;
      if (source.kind === 'token') return new Doc(source.ref);
      if (source.kind === 'jwt') return fromStored(source.payload, context.span);
      return Null.noElement('no token', context.span);
    })
    .method('isEnvTypechecked', [], ({ host }) => host.model.schema(host.auth.scope).isTypechecked)
    .method('isEnvProtected', [], (context) => {
      const { host } = context;
      if (host.auth.permissions !== ADMIN && host.auth.permissions !== ROOT)
        throw errors.permissionDenied(context.trace);
      return host.model.schema(host.auth.scope).isProtected;
    });
});
