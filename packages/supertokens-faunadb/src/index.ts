export type { TokenDeletionReport } from './backend/deletions.js';
export { getFaunaClientForSession, getFaunadbTokenForSession } from './backend/for-session.js';
export type { FaunaDBClientOption, FaunadbSessionOptions, SessionUser } from './backend/options.js';
export { AccountLinkingImplementation, MultitenancyImplementation } from './backend/other-recipes.js';
export { RecipeImplementation } from './backend/recipe-implementation.js';
export type { FaunadbSession, GetFaunadbTokenOptions, SessionContainer } from './backend/session-container.js';
export { type DoctorOptions, doctor, type Finding } from './operations/doctor.js';
export { type SweepOptions, type SweepProgress, sweepFaunadbTokens } from './operations/sweep.js';
export { FaunadbSessionError, type FaunadbSessionErrorCode } from './shared/errors.js';
