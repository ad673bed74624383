import type { Logger } from 'pino';
import type { Route } from './route.js';

/** Receives what was answered; never the request, which may contain secrets. */
export interface Observer {
  answered(record: AnswerRecord): void;
  streamOpened(): void;
  streamClosed(): void;
  failed(error: unknown): void;
}

export interface AnswerRecord {
  readonly method: string;
  readonly route: Route;
  readonly status: number;
  /** In ms. */
  readonly duration: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Writes a log line for each answer at level `debug`, and failures at `error`. */
export function logObserver(log: Logger): Observer {
  return {
    answered(record) {
      if (record.status >= 500) log.warn(record, 'answered with a failure');
      else log.debug(record, 'answered');
    },
    streamOpened: () => log.debug('stream opened'),
    streamClosed: () => log.debug('stream closed'),
    failed: (error) => log.error(error, 'a request failed'),
  };
}

/** Passes everything on to several observers. */
export function allOf(observers: readonly Observer[]): Observer {
  // An observer that throws, such as the application's logger, must not affect the others.
  const notify = (of: (observer: Observer) => void): void => {
    for (const observer of observers) {
      try {
        of(observer);
      } catch {
        // There is nobody to report this to.
      }
    }
  };
  return {
    answered: (record) => notify((observer) => observer.answered(record)),
    streamOpened: () => notify((observer) => observer.streamOpened()),
    streamClosed: () => notify((observer) => observer.streamClosed()),
    failed: (error) => notify((observer) => observer.failed(error)),
  };
}
