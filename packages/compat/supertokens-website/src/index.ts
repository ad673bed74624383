import * as sdk from 'supertokens-website-sdk';

export * from 'supertokens-website-sdk';

/** The old name of `getAccessTokenPayloadSecurely`. */
export const getJWTPayloadSecurely = sdk.getAccessTokenPayloadSecurely;

export default { ...sdk, getJWTPayloadSecurely };
