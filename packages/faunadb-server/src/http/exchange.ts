import type { Body, Intake, Line, Parcel } from '@supertokens-faunadb/traffic';

/** A request and the means to answer it, over HTTP/1.1 or HTTP/2. */
export interface Exchange {
  readonly method: string;
  /** The path and query string as sent. */
  readonly target: string;
  /** The queries of this connection. */
  readonly line: Line;
  /**
   * Whether the connection's next query must wait until this answer is sent, because answers keep the order of
   * requests.
   */
  readonly isSerial: boolean;
  /** Whether the client has disconnected, or everything is sent. */
  readonly isClosed: boolean;
  header(name: string): string | undefined;
  /** Reads the whole body and calls `done` once. */
  readBody(intake: Intake, done: (body: Body) => void): void;
  /** Sends only the head, and returns where the body goes; `undefined` if nothing more can be sent. */
  open(status: number, headers: ResponseHeaders, hasBody: boolean): Parcel | undefined;
  /** Called when this request's turn has come. */
  begun?(): void;
  /** Calls back when the client has disconnected or everything is sent. */
  onClose(callback: () => void): void;
}

export type ResponseHeaders = Record<string, string | number>;
