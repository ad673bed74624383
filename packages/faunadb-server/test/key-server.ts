import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificateFiles } from './certificate.js';

/** How an identity provider answers one who asks for its keys. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

/** An identity provider that publishes keys, each set at a path of its own, over TLS. */
export class KeyServer {
  readonly #server: Server;
  readonly #port: number;
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #asked = new Map<string, number>();

  private constructor(server: Server) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    server.on('request', (request, response) => {
      const path = request.url!;
      this.#asked.set(path, this.asked(path) + 1);
      this.#behaviours.get(path)!(request, response);
    });
  }

  static async open({ key, cert }: CertificateFiles): Promise<KeyServer> {
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await once(server.listen(0, 'localhost'), 'listening');
    return new KeyServer(server);
  }

  /** Sets how a path is answered from now on. @returns its URI */
  serve(path: string, behaviour: Behaviour): string {
    this.#behaviours.set(path, behaviour);
    return `https://localhost:${this.#port}${path}`;
  }

  /** How often a path has been asked for. */
  asked(path: string): number {
    return this.#asked.get(path) ?? 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Answers with these keys. */
export const keys =
  (...jwks: readonly object[]): Behaviour =>
  (_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: jwks }));
