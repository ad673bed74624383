declare module 'fs-native-extensions' {
  /** Locks a part of an open file for writing. @returns whether it did: `false` where another has it. */
  export function tryLock(descriptor: number, offset: number, length: number): boolean;
}
