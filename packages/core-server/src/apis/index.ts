import type { Api } from '../http/api.js';
import { canLinkAccountsApi, linkAccountsApi, unlinkAccountApi } from './accountlinking/link.js';
import { canCreatePrimaryUserApi, createPrimaryUserApi } from './accountlinking/primary-user.js';
import { bulkImportApi, countBulkImportUsersApi, deleteBulkImportUserApi } from './bulkimport/bulk-import.js';
import { importUserApi } from './bulkimport/import-user.js';
import { apiVersionApi } from './core/apiversion.js';
import { helloApi } from './core/hello.js';
import { jwksPublicApi } from './core/jwks-public.js';
import { notFoundOrHelloApi } from './core/not-found-or-hello.js';
import { dashboardSessionApi } from './dashboard/session.js';
import { dashboardSessionVerifyApi } from './dashboard/session-verify.js';
import { dashboardSignInApi } from './dashboard/sign-in.js';
import { tenantCoreConfigApi } from './dashboard/tenant-core-config.js';
import { dashboardUserApi } from './dashboard/user.js';
import { dashboardUserSessionsApi } from './dashboard/user-sessions.js';
import { dashboardUsersApi } from './dashboard/users.js';
import { consumeResetPasswordApi } from './emailpassword/consume-reset-password.js';
import { generatePasswordResetTokenApi } from './emailpassword/generate-password-reset-token.js';
import { importPasswordHashApi } from './emailpassword/import-password-hash.js';
import { resetPasswordApi } from './emailpassword/reset-password.js';
import { signInApi } from './emailpassword/sign-in.js';
import { signUpApi } from './emailpassword/sign-up.js';
import { emailPasswordUserApi } from './emailpassword/user.js';
import { emailVerificationTokenApi } from './emailverification/token.js';
import { emailVerificationTokenRemoveApi } from './emailverification/token-remove.js';
import { emailVerifyApi } from './emailverification/verify.js';
import { emailUnverifyApi } from './emailverification/verify-remove.js';
import { jwksApi } from './jwt/jwks.js';
import { jwtApi } from './jwt/jwt.js';
import { appApi, appListApi, appListV2Api, appRemoveApi, appV2Api } from './multitenancy/app.js';
import { tenantApi, tenantV2Api } from './multitenancy/tenant.js';
import { tenantListApi, tenantListV2Api } from './multitenancy/tenant-list.js';
import { tenantRemoveApi } from './multitenancy/tenant-remove.js';
import { tenantUserApi, tenantUserRemoveApi } from './multitenancy/tenant-user.js';
import { thirdPartyConfigApi, thirdPartyConfigRemoveApi } from './multitenancy/third-party-config.js';
import { checkCodeApi } from './passwordless/check-code.js';
import { consumeCodeApi } from './passwordless/consume-code.js';
import { createCodeApi } from './passwordless/create-code.js';
import { deleteCodeApi } from './passwordless/delete-code.js';
import { deleteCodesApi } from './passwordless/delete-codes.js';
import { getCodesApi } from './passwordless/get-codes.js';
import { passwordlessUserApi } from './passwordless/user.js';
import { jwtDataApi, sessionDataApi } from './session/data.js';
import { handshakeApi } from './session/handshake.js';
import { refreshApi } from './session/refresh.js';
import { regenerateApi } from './session/regenerate.js';
import { removeApi } from './session/remove.js';
import { sessionApi } from './session/session.js';
import { sessionUserApi } from './session/user.js';
import { verifyApi } from './session/verify.js';
import { thirdPartySignInUpApi } from './thirdparty/sign-in-up.js';
import { thirdPartyUserApi } from './thirdparty/user.js';
import { usersByEmailApi } from './thirdparty/users-by-email.js';
import { totpDeviceApi } from './totp/device.js';
import { totpDeviceImportApi } from './totp/device-import.js';
import { totpDeviceListApi } from './totp/device-list.js';
import { totpDeviceRemoveApi } from './totp/device-remove.js';
import { totpDeviceStatusBulkApi } from './totp/device-status-bulk.js';
import { totpDeviceVerifyApi } from './totp/device-verify.js';
import { totpVerifyApi } from './totp/verify.js';
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
import { usersByAccountInfoApi } from './users/by-account-info.js';
import { searchTagsApi } from './users/search-tags.js';
import { activeUsersCountApi, userByIdApi, userRemoveApi, usersApi, usersCountApi } from './users/users.js';
import { webauthnCredentialApi } from './webauthn/credential.js';
import { webauthnCredentialListApi } from './webauthn/credential-list.js';
import { webauthnCredentialRegisterApi } from './webauthn/credential-register.js';
import { webauthnCredentialRemoveApi } from './webauthn/credential-remove.js';
import { webauthnOptionsApi } from './webauthn/options.js';
import { webauthnOptionsRegisterApi } from './webauthn/options-register.js';
import { webauthnOptionsRemoveApi } from './webauthn/options-remove.js';
import { webauthnOptionsSignInApi } from './webauthn/options-signin.js';
import { webauthnRecoverApi } from './webauthn/recover.js';
import { webauthnRecoverTokenApi } from './webauthn/recover-token.js';
import { webauthnRecoverTokenConsumeApi } from './webauthn/recover-token-consume.js';
import { webauthnSignInApi } from './webauthn/sign-in.js';
import { webauthnSignUpApi } from './webauthn/sign-up.js';
import { webauthnUserEmailApi } from './webauthn/user-email.js';

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
  ...[signUpApi, signInApi, importPasswordHashApi],
  ...[generatePasswordResetTokenApi, consumeResetPasswordApi, resetPasswordApi],
  ...[emailPasswordUserApi, thirdPartyUserApi, passwordlessUserApi],
  ...[thirdPartySignInUpApi, usersByEmailApi, thirdPartyConfigApi, thirdPartyConfigRemoveApi],
  ...[createCodeApi, checkCodeApi, consumeCodeApi, deleteCodeApi, deleteCodesApi, getCodesApi],
  ...[canCreatePrimaryUserApi, createPrimaryUserApi, canLinkAccountsApi, linkAccountsApi, unlinkAccountApi],
  ...[usersApi, usersCountApi, activeUsersCountApi, userByIdApi, usersByAccountInfoApi, userRemoveApi, searchTagsApi],
  ...[userIdMappingApi, userIdMappingRemoveApi, externalUserIdInfoApi],
  ...[userMetadataApi, userMetadataBulkApi, userMetadataRemoveApi],
  ...[roleApi, roleRemoveApi, rolesApi, rolePermissionsApi, rolePermissionsRemoveApi, permissionRolesApi],
  ...[userRoleApi, userRoleRemoveApi, userRolesApi, roleUsersApi],
  ...[emailVerificationTokenApi, emailVerificationTokenRemoveApi, emailVerifyApi, emailUnverifyApi],
  ...[totpDeviceApi, totpDeviceImportApi, totpDeviceListApi, totpDeviceRemoveApi, totpDeviceStatusBulkApi],
  ...[totpDeviceVerifyApi, totpVerifyApi],
  ...[dashboardUserApi, dashboardUsersApi, dashboardSignInApi, dashboardSessionApi, dashboardSessionVerifyApi],
  ...[dashboardUserSessionsApi, tenantCoreConfigApi],
  ...[webauthnOptionsApi, webauthnOptionsRegisterApi, webauthnOptionsSignInApi, webauthnOptionsRemoveApi],
  ...[webauthnSignUpApi, webauthnSignInApi, webauthnUserEmailApi],
  ...[webauthnCredentialApi, webauthnCredentialListApi, webauthnCredentialRegisterApi, webauthnCredentialRemoveApi],
  ...[webauthnRecoverApi, webauthnRecoverTokenApi, webauthnRecoverTokenConsumeApi],
  ...[bulkImportApi, countBulkImportUsersApi, deleteBulkImportUserApi, importUserApi],
  ...UNSUPPORTED_APIS,
];
