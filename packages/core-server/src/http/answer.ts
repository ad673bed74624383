import type { CoreError, ErrorKind } from '../common/errors.js';

/** A response: text or JSON, ending with a line feed as in the real Core. */
export interface Answer {
  readonly status: number;
  /** Absent where there is no body. */
  readonly type?: 'text/html;charset=UTF-8' | 'text/html;charset=utf-8' | 'application/json;charset=UTF-8' | undefined;
  readonly body: string;
  /** Other headers, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(value: object): Answer {
  return jsonText(JSON.stringify(value));
}

/** Like {@link json}, of what is JSON already. */
export function jsonText(value: string): Answer {
  return { status: 200, type: 'application/json;charset=UTF-8', body: `${value}\n` };
}

export function text(status: number, message: string): Answer {
  return { status, type: 'text/html;charset=UTF-8', body: `${message}\n` };
}

const STATUS: Readonly<Record<ErrorKind, number>> = { badRequest: 400, unauthorised: 401, forbidden: 403 };

/** The answer to a failed request: the reason as one line of text. */
export function failure({ kind, message }: CoreError): Answer {
  return text(STATUS[kind], message);
}

/** An HTML answer of the HTTP layer, where the real Core's servlet container answers before the Core sees the request. */
export function page(status: number, message: string, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    type: 'text/html;charset=utf-8',
    body: `<!doctype html><html lang="en"><head><title>${status}</title></head><body><h1>${message}</h1></body></html>`,
    headers: { 'content-language': 'en', ...headers },
  };
}

/** Redirects, without a body. */
export function redirect(location: string): Answer {
  return { status: 302, body: '', headers: { location } };
}
