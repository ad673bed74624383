import type { Body, Intake, Line, Parcel } from '@supertokens-faunadb/traffic';

/** One request and the way to answer it, alike over HTTP/1.1 and HTTP/2. */
export interface Exchange {
  readonly method: string;
  /** Path and query string, as they were sent. */
  readonly target: string;
  /** The queries of this connection. */
  readonly line: Line;
  /** Whether the connection's next query begins only when this one's answer is sent, as answers go out in their order. */
  readonly isSerial: boolean;
  /** Whether the client has gone, or everything is sent. */
  readonly isClosed: boolean;
  header(name: string): string | undefined;
  /** Reads the whole body; hands it on once. */
  readBody(intake: Intake, done: (body: Body) => void): void;
  /** Sends the head alone, after which the body goes to what is returned; `undefined` where nothing more can be sent. */
  open(status: number, headers: ResponseHeaders, hasBody: boolean): Parcel | undefined;
  /** To be called when its turn has come. */
  begun?(): void;
  /** Calls back when the client has gone or everything is sent. */
  onClose(callback: () => void): void;
}

export type ResponseHeaders = Record<string, string | number>;
