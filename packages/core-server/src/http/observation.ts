import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Receives every answer and failure, but never the content of requests, which may contain secrets. */
export interface Observer {
  answered(record: AnswerRecord): void;
  /** @param request the failed request; absent for a background job */
  failed(error: unknown, request?: FailedRequest): void;
}

/** One request, and its answer. */
export interface AnswerRecord {
  readonly requestId: string;
  readonly method: string;
  /** The path of the interface, without app and tenant; `other` if unknown. */
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

/** Receives log entries. A pino logger is one. */
export interface Logger {
  /** Requests and background work that failed for a reason of the server. */
  error(fields: object, message: string): void;
  /** Warnings. Default: not logged. */
  warn?(fields: object, message: string): void;
  /** A line for each answer. Default: not logged. */
  debug?(fields: object, message: string): void;
}

/** Logs each answer at level `debug` and failures at `error`. */
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

/** Combines observers. An observer that throws, such as an application's logger, affects nothing else. */
export function allOf(observers: readonly Observer[]): Observer {
  const notify = (of: (observer: Observer) => void): void => {
    for (const observer of observers) {
      try {
        of(observer);
      } catch {
        // A failing observer cannot be reported anywhere.
      }
    }
  };
  return {
    answered: (record) => notify((observer) => observer.answered(record)),
    failed: (error, request) => notify((observer) => observer.failed(error, request)),
  };
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** The id of a request in the log: the client's own, or a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
