/**
 * What FaunaDB said to a query that failed, in either language:
 *
 * - `unauthorized`: the secret is wrong;
 * - `forbidden`: the secret may not do this;
 * - `missing`: a document does not exist;
 * - `no collection`: a collection does not exist;
 * - `aborted`: the query ended itself;
 * - `refused`: the query is wrong for another reason, and did nothing;
 * - `failed`: FaunaDB failed or was overloaded, and may have executed the query.
 */
export type FailureKind = 'unauthorized' | 'forbidden' | 'missing' | 'no collection' | 'aborted' | 'refused' | 'failed';

/** An answer of FaunaDB that is an error. */
export interface Failure {
  readonly kind: FailureKind;
  readonly status: number;
  readonly code: string;
  readonly description: string;
}

/** The statuses with which FaunaDB, or what is in front of it, does not say whether it executed the query. */
const unsure: readonly number[] = [408, 410, 429, 440];

/**
 * Reads the error of either driver. Compares no classes, because a process may have loaded a driver twice, or only one of them.
 *
 * @returns undefined if FaunaDB gave no answer.
 */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { requestResult, httpStatus, code } = error as {
    readonly requestResult?: { readonly statusCode?: unknown; readonly responseContent?: unknown };
    readonly httpStatus?: unknown;
    readonly code?: unknown;
  };
  if (typeof requestResult?.statusCode === 'number')
    return ofFql4(requestResult.statusCode, requestResult.responseContent);
  if (typeof httpStatus === 'number') return ofFql10(httpStatus, code, error.message);
  // An error event of a stream has a code and no status.
  if (typeof code === 'string' && 'queryInfo' in error) return ofFql10(400, code, error.message);
  return undefined;
}

/** Whether FaunaDB does not accept the secret. */
export function isUnauthorized(error: unknown): boolean {
  return failureOf(error)?.kind === 'unauthorized';
}

/**
 * The system's code of a network failure, such as `ECONNREFUSED`; undefined for other errors. The drivers and `fetch` wrap it, or
 * put it into a message.
 */
export function networkCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === 'string' && !code.startsWith('ERR_')) return code;
    const inMessage = /\bE[A-Z]{4,}\b/.exec(at.message)?.[0];
    if (inMessage !== undefined) return inMessage;
  }
  return undefined;
}

function ofFql4(status: number, content: unknown): Failure {
  const errors = typeof content === 'object' && content !== null && 'errors' in content ? content.errors : undefined;
  const first = (Array.isArray(errors) ? errors[0] : undefined) as
    | { code?: unknown; description?: unknown }
    | undefined;
  const [code, description] = [String(first?.code ?? 'unknown'), String(first?.description ?? 'no description')];
  const kind = (): FailureKind => {
    if (status === 403) return 'forbidden';
    if (code === 'instance not found') return 'missing';
    if (code === 'transaction aborted') return 'aborted';
    return code === 'invalid ref' && /undefined collection/i.test(description) ? 'no collection' : 'refused';
  };
  return { kind: byStatus(status) ?? kind(), status, code, description };
}

function ofFql10(status: number, given: unknown, description: string): Failure {
  const code = typeof given === 'string' ? given : 'unknown';
  const kind = (): FailureKind => {
    // A document that the secret may not read is null, "due to permission denied".
    if (/^(permission_denied|forbidden)$/.test(code) || /due to permission denied/.test(description))
      return 'forbidden';
    if (code === 'document_not_found' || code === 'null_value') return 'missing';
    if (code === 'abort') return 'aborted';
    return code === 'invalid_argument' && /no such user collection/i.test(description) ? 'no collection' : 'refused';
  };
  return { kind: byStatus(code === 'unauthorized' ? 401 : status) ?? kind(), status, code, description };
}

function byStatus(status: number): FailureKind | undefined {
  if (status === 401) return 'unauthorized';
  return status >= 500 || unsure.includes(status) ? 'failed' : undefined;
}
