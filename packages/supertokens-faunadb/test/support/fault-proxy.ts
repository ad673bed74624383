import { createServer as createHttp1Server, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

/** A request that passed. */
export interface PassedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * What happens to a request:
 *
 * - `cut before`: the connection is cut before the server has seen it;
 * - `cut after`: the server answers, and the connection is cut before the answer arrives;
 * - `hang`: it is never answered, and the server does not see it;
 * - `answer`: this status, without the server;
 * - `delay`: it goes on when the promise is settled.
 */
export type Fault =
  | 'cut before'
  | 'cut after'
  | 'hang'
  | { readonly answer: number }
  | { readonly delay: Promise<unknown> };

/** A proxy between a client and a real server, in which faults happen. */
export class FaultProxy {
  readonly requests: PassedRequest[] = [];
  /** Decides the fate of each request; by default they all pass. */
  fault: (request: PassedRequest) => Fault | undefined = () => undefined;
  readonly #target: string;
  readonly #http2: boolean;
  readonly #sockets = new Set<Socket>();
  #server: Server | ReturnType<typeof createHttp2Server> | undefined;
  #port = 0;

  private constructor(target: string, http2: boolean) {
    this.#target = target.replace(/\/$/, '');
    this.#http2 = http2;
  }

  /** Starts a proxy before `target`, with HTTP/1.1 or, for the FaunaDB driver, cleartext HTTP/2. */
  static async before(target: string, protocol: 'http1' | 'http2'): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, protocol === 'http2');
    await proxy.start();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; after a {@link stop} on the same port. */
  async start(): Promise<void> {
    const server = this.#http2
      ? createHttp2Server((request, response) => void this.#pass(request, response))
      : createHttp1Server((request, response) => void this.#pass(request, response));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('sessionError', () => {});
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses connections from now on, and cuts those there are. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** The requests since the last call. */
  taken(): PassedRequest[] {
    return this.requests.splice(0);
  }

  async #pass(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // Another request's fault has cut the connection.
      return;
    }
    const passed: PassedRequest = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: forwarded(request.headers),
      body: Buffer.concat(chunks).toString(),
    };
    this.requests.push(passed);
    const fault = this.fault(passed);
    const { remotePort } = request.socket;
    const cut = () => {
      for (const socket of this.#sockets) if (socket.remotePort === remotePort) socket.destroy();
    };
    if (fault === 'cut before') return cut();
    if (fault === 'hang') return;
    if (typeof fault === 'object' && 'answer' in fault) {
      response.writeHead(fault.answer, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ code: 'internal server error', description: 'a fault of the test' }] }));
      return;
    }
    if (typeof fault === 'object') await fault.delay;
    try {
      const answer = await fetch(this.#target + passed.path, {
        method: passed.method,
        headers: { ...passed.headers },
        ...(passed.body === '' ? {} : { body: passed.body }),
      });
      const body = Buffer.from(await answer.arrayBuffer());
      if (fault === 'cut after') return cut();
      const headers: Record<string, string> = {};
      answer.headers.forEach((value, name) => {
        headers[name] = value;
      });
      for (const name of hopByHop) delete headers[name];
      (response as ServerResponse).writeHead(answer.status, headers);
      (response as ServerResponse).end(body);
    } catch {
      cut();
    }
  }
}

const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding', 'host'];

function forwarded(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(':') && !hopByHop.includes(name) && value !== undefined) kept[name] = String(value);
  }
  return kept;
}
