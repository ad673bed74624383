import type { ConstraintFailure } from '../evaluate/failures.js';

/** The failure of a change that a protected database refuses. */
export const refusedWhenProtected = (what: string): ConstraintFailure => ({
  paths: [],
  message: `${what}: destructive change forbidden because database is in protected mode.`,
  label: '',
});
