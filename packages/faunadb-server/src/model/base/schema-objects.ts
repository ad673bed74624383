import type { Lambda, Value } from '../../values/values.js';
import type { Migrations } from '../migrations/migrations.js';

/** What writes and reads of a collection's documents need to know about it. */
export interface CollectionSchema {
  readonly id: number;
  readonly name: string;
  /** How long earlier versions are kept; `undefined`: for ever. */
  readonly historyDays: bigint | undefined;
  readonly ttlDays: bigint | undefined;
  /** Nothing before this time is visible, in µs: history once dropped stays dropped. */
  readonly minValidTime: bigint;
  /** How documents of earlier shapes get the present one, if there are such. */
  readonly migrations: Migrations | undefined;
  /** The ids of its own indexes, which FQL v10 defines. */
  readonly ownIndexes: ReadonlySet<bigint>;
  /** Whether it defines the types of fields, and check constraints. */
  readonly rules: { readonly types: boolean; readonly checks: boolean };
}

export interface FunctionSchema {
  readonly id: bigint;
  readonly name: string;
  readonly body: Lambda;
  /** The role that it runs with: a built-in one's name, or a ref. */
  readonly role: Value;
}

export interface DatabaseSchema {
  /** The internal id of its contents. */
  readonly scope: number;
  readonly name: string;
  /** The parent database, and its own document there. */
  readonly parent: number;
  readonly id: bigint;
  /** As `global_id` shows it. */
  readonly globalId: string;
  readonly container: boolean;
  /** Whether schema changes that lose data are refused; if unset, inherited from the parent. */
  readonly protected: boolean | undefined;
  /** Whether queries in FQL v10 are type-checked; if unset, inherited from the parent. */
  readonly typechecked: boolean | undefined;
}
