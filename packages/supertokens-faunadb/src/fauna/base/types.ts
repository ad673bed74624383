// Each driver is an optional peer dependency. `@ts-ignore` keeps a missing one from being an error in its user's compiler: its
// types are then `any`, and `Installed` makes `never` of them, so that unions have only the types of the installed drivers.

// biome-ignore lint/suspicious/noTsIgnore: there is no error where both drivers are installed, as here.
/** @ts-ignore */
type FaunadbClient = import('faunadb').Client;
// biome-ignore lint/suspicious/noTsIgnore: as above.
/** @ts-ignore */
type FaunadbExpr = import('faunadb').Expr;
// biome-ignore lint/suspicious/noTsIgnore: as above.
/** @ts-ignore */
type FaunaDriverClient = import('fauna').Client;
// biome-ignore lint/suspicious/noTsIgnore: as above.
/** @ts-ignore */
type FaunaDriverQuery = import('fauna').Query;

// In tuples, because the compiler does not evaluate a condition on the type of a missing module.
type Installed<T> = [0] extends [1 & T] ? never : T;

/** A client of the driver `faunadb`, for FQL v4; `never` where it is not installed. */
export type Fql4Client = Installed<FaunadbClient>;
/** A client of the driver `fauna`, for FQL v10; `never` where it is not installed. */
export type Fql10Client = Installed<FaunaDriverClient>;

/** A client of either driver. */
export type FaunaClient = Fql4Client | Fql10Client;
/** What {@link FaunaClient}s query: an expression of `faunadb`, or a query of `fauna`. */
export type FaunaQuery = Installed<FaunadbExpr> | Installed<FaunaDriverQuery>;

/** The client of the installed driver; where both are installed, that of `faunadb`. */
export type DefaultFaunaClient = [Fql4Client] extends [never] ? Fql10Client : Fql4Client;
