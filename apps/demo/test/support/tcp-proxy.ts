import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.js';
import type { MortalServer } from './servers.js';

/** A proxy in front of a server that must not be stopped. Tests stop the proxy instead; clients see no difference. */
export class TcpProxy implements MortalServer {
  readonly url: string;
  readonly #target: URL;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(target: URL, port: number) {
    this.#target = target;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}${target.pathname}`.replace(/\/$/, '');
  }

  /** @param address an http address: of what is encrypted, the certificate would be another server's. */
  static async before(address: string): Promise<TcpProxy> {
    const target = new URL(address);
    if (target.protocol !== 'http:') throw new Error(`The demo's tests put a proxy before ${address}: they need http.`);
    const proxy = new TcpProxy(target, await freePort());
    await proxy.start();
    return proxy;
  }

  async start(): Promise<void> {
    const { hostname, port } = this.#target;
    this.#server = createServer((client) => {
      const upstream = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''));
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    }).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  stop(): Promise<void> {
    return this.kill();
  }
}
