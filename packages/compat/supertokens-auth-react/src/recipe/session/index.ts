import * as sdk from 'supertokens-auth-react-sdk/recipe/session/index.js';

export * from 'supertokens-auth-react-sdk/recipe/session/index.js';

/** The old name of `getAccessTokenPayloadSecurely`. */
export const getJWTPayloadSecurely = sdk.getAccessTokenPayloadSecurely;

export default { ...sdk, getJWTPayloadSecurely };
