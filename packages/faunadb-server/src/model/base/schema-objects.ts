import type { Lambda, Value } from '../../values/values.js';

/** What writes and reads of a collection's documents need to know of it. */
export interface CollectionSchema {
  readonly id: number;
  readonly name: string;
  /** How long earlier versions are kept; `undefined`: for ever. */
  readonly historyDays: bigint | undefined;
  readonly ttlDays: bigint | undefined;
  /** Nothing from before is shown, in µs: what once was forgotten stays so. */
  readonly minValidTime: bigint;
}

export interface FunctionSchema {
  readonly id: bigint;
  readonly name: string;
  readonly body: Lambda;
  /** The role that it runs with: a built-in one's name, or a ref. */
  readonly role: Value;
}

export interface DatabaseSchema {
  /** The internal id by which its contents are kept. */
  readonly scope: number;
  readonly name: string;
  /** The database it lies in, and its document there. */
  readonly parent: number;
  readonly id: bigint;
  /** As `global_id` shows it. */
  readonly globalId: string;
  readonly container: boolean;
  /** Whether its schema must not be changed in ways that lose data; where it does not say, as that which it lies in. */
  readonly protected: boolean | undefined;
  /** Whether queries in FQL v10 are checked before they run; where it does not say, as in that which it lies in. */
  readonly typechecked: boolean | undefined;
}
