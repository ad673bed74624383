export type { TokenDeletionReport } from './deletions.js';
export { type DoctorOptions, doctor, type Finding } from './doctor.js';
export { FaunadbSessionError, type FaunadbSessionErrorCode } from './errors.js';
export { getFaunadbTokenForSession } from './for-session.js';
export type { FaunaDBClientOption, FaunadbSessionOptions, SessionUser } from './options.js';
export { AccountLinkingImplementation, MultitenancyImplementation } from './other-recipes.js';
export { RecipeImplementation } from './recipe-implementation.js';
export type { FaunadbSession, GetFaunadbTokenOptions, SessionContainer } from './session-container.js';
export { type SweepOptions, type SweepProgress, sweepFaunadbTokens } from './sweep.js';
