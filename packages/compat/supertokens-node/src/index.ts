import * as sdk from 'supertokens-node-sdk';
import { errorHandler, middleware } from 'supertokens-node-sdk/framework/express';

export * from 'supertokens-node-sdk';

/** Express' middleware and error handler, which have moved to `supertokens-node/framework/express`. */
export { errorHandler, middleware };

export default { ...sdk, errorHandler, middleware };
