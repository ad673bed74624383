import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Is told what was answered; never what was asked, in which there may be secrets. */
export interface Observer {
  answered(record: AnswerRecord): void;
  /** @param request which one failed; absent where it was the Core's own work */
  failed(error: unknown, request?: FailedRequest): void;
}

/** One request, and its answer. */
export interface AnswerRecord {
  readonly requestId: string;
  readonly method: string;
  /** The path of the interface, without app and tenant; `other` where there is none. */
  readonly route: string;
  readonly app: string;
  readonly tenant: string;
  readonly status: number;
  /** In ms. */
  readonly duration: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type FailedRequest = Pick<AnswerRecord, 'requestId' | 'method' | 'route' | 'app' | 'tenant'>;

/** Where a Core tells what it does. A pino logger is one. */
export interface Logger {
  error(fields: object, message: string): void;
  /** Default: not told. */
  warn?(fields: object, message: string): void;
  /** Default: not told. */
  debug?(fields: object, message: string): void;
}

/** Writes what happens into a log: a line for each answer at level `debug`, failures at `error`. */
export function logObserver(log: Logger): Observer {
  return {
    answered(record) {
      if (record.status >= 500) log.warn?.(record, 'answered with a failure');
      else log.debug?.(record, 'answered');
    },
    failed(err, request) {
      log.error({ err, ...request }, request === undefined ? 'background work failed' : 'request failed');
    },
  };
}

/** Tells several observers of everything. One that throws, such as a logger of the application's, harms nobody. */
export function allOf(observers: readonly Observer[]): Observer {
  const notify = (of: (observer: Observer) => void): void => {
    for (const observer of observers) {
      try {
        of(observer);
      } catch {
        // There is nobody else to tell.
      }
    }
  };
  return {
    answered: (record) => notify((observer) => observer.answered(record)),
    failed: (error, request) => notify((observer) => observer.failed(error, request)),
  };
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** By what a request is found again in the log: what its client calls it, or a new name. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
