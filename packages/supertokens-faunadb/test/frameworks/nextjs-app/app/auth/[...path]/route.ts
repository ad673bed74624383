import { getAppDirRequestHandler } from 'supertokens-node/nextjs';
import { ensureSuperTokensInit } from '../../../supertokens';

ensureSuperTokensInit();

const handle = getAppDirRequestHandler();

export { handle as GET, handle as POST };
