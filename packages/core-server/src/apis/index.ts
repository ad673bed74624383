import type { Api } from '../http/api.js';
import { apiVersionApi } from './core/apiversion.js';
import { helloApi } from './core/hello.js';
import { jwksPublicApi } from './core/jwks-public.js';
import { notFoundOrHelloApi } from './core/not-found-or-hello.js';
import { signInApi } from './emailpassword/sign-in.js';
import { signUpApi } from './emailpassword/sign-up.js';
import { jwksApi } from './jwt/jwks.js';
import { jwtApi } from './jwt/jwt.js';
import { appApi, appListApi, appListV2Api, appRemoveApi, appV2Api } from './multitenancy/app.js';
import { tenantApi, tenantV2Api } from './multitenancy/tenant.js';
import { tenantListApi, tenantListV2Api } from './multitenancy/tenant-list.js';
import { tenantRemoveApi } from './multitenancy/tenant-remove.js';
import { tenantUserApi, tenantUserRemoveApi } from './multitenancy/tenant-user.js';
import { jwtDataApi, sessionDataApi } from './session/data.js';
import { handshakeApi } from './session/handshake.js';
import { refreshApi } from './session/refresh.js';
import { regenerateApi } from './session/regenerate.js';
import { removeApi } from './session/remove.js';
import { sessionApi } from './session/session.js';
import { sessionUserApi } from './session/user.js';
import { verifyApi } from './session/verify.js';
import { UNSUPPORTED_APIS } from './unsupported.js';
import { externalUserIdInfoApi, userIdMappingApi, userIdMappingRemoveApi } from './useridmapping/user-id-mapping.js';
import { userMetadataApi } from './usermetadata/user-metadata.js';
import { userMetadataBulkApi } from './usermetadata/user-metadata-bulk.js';
import { userMetadataRemoveApi } from './usermetadata/user-metadata-remove.js';
import {
  permissionRolesApi,
  roleApi,
  rolePermissionsApi,
  rolePermissionsRemoveApi,
  roleRemoveApi,
  rolesApi,
} from './userroles/roles.js';
import { roleUsersApi, userRoleApi, userRoleRemoveApi, userRolesApi } from './userroles/user-roles.js';
import {
  activeUsersCountApi,
  userByIdApi,
  userRemoveApi,
  usersApi,
  usersByAccountInfoApi,
  usersCountApi,
} from './users/users.js';

/** Every path of the core driver interface that is answered. */
export const APIS: readonly Api[] = [
  ...[notFoundOrHelloApi, helloApi, apiVersionApi, jwksPublicApi],
  ...[
    sessionApi,
    verifyApi,
    refreshApi,
    regenerateApi,
    sessionUserApi,
    sessionDataApi,
    jwtDataApi,
    removeApi,
    handshakeApi,
  ],
  ...[jwtApi, jwksApi],
  ...[appApi, appV2Api, appListApi, appListV2Api, appRemoveApi],
  ...[tenantApi, tenantV2Api, tenantListApi, tenantListV2Api, tenantRemoveApi, tenantUserApi, tenantUserRemoveApi],
  ...[signUpApi, signInApi],
  ...[usersApi, usersCountApi, activeUsersCountApi, userByIdApi, usersByAccountInfoApi, userRemoveApi],
  ...[userIdMappingApi, userIdMappingRemoveApi, externalUserIdInfoApi],
  ...[userMetadataApi, userMetadataBulkApi, userMetadataRemoveApi],
  ...[roleApi, roleRemoveApi, rolesApi, rolePermissionsApi, rolePermissionsRemoveApi, permissionRolesApi],
  ...[userRoleApi, userRoleRemoveApi, userRolesApi, roleUsersApi],
  ...UNSUPPORTED_APIS,
];
