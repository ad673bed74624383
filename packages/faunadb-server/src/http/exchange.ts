import type { Writable } from 'node:stream';

/** One request and the way to answer it, alike over HTTP/1.1 and HTTP/2. */
export interface Exchange {
  readonly method: string;
  /** Path and query string, as they were sent. */
  readonly target: string;
  header(name: string): string | undefined;
  /** Reads the whole body; hands it on once. */
  readBody(limit: number, done: (body: Body) => void): void;
  send(status: number, headers: ResponseHeaders, body: string | undefined): void;
  /** Sends the head alone; the body follows in pieces. */
  open(status: number, headers: ResponseHeaders): Writable;
  /** Calls back when the client has gone or everything is sent. */
  onClose(callback: () => void): void;
}

export type ResponseHeaders = Record<string, string | number>;

export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too large' }
  | { readonly kind: 'too slow' }
  /** The client went away before it was whole. */
  | { readonly kind: 'broken' };

/** Collects a body that arrives in pieces, up to a limit. */
export function collect(
  source: NodeJS.EventEmitter & { pause(): unknown },
  limit: number,
  timeout: number | undefined,
  done: (body: Body) => void,
): void {
  const pieces: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let finished = false;
  // The listeners stay, which costs less than to take them away: a request is not kept longer than its answer takes.
  const finish = (body: Body): void => {
    if (finished) return;
    finished = true;
    if (timer !== undefined) clearTimeout(timer);
    done(body);
  };
  source.on('data', (piece: Buffer) => {
    if (finished) return;
    size += piece.length;
    if (size > limit) {
      source.pause();
      finish({ kind: 'too large' });
    } else pieces.push(piece);
  });
  source.on('end', () =>
    finish({ kind: 'whole', bytes: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size) }),
  );
  source.on('close', () => finish({ kind: 'broken' }));
  if (timeout !== undefined) timer = setTimeout(() => finish({ kind: 'too slow' }), timeout);
}
