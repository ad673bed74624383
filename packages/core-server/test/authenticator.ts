import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type CBORType, encodeCBOR } from '@levischuck/tiny-cbor';
import type { JsonObject } from '../src/json/json.js';

/** What a browser asks an authenticator. */
export interface Asked {
  readonly challenge: string;
  readonly rpId?: string;
  readonly origin?: string;
  /** User present 1, user verified 4, backup eligible 8, backed up 16. */
  readonly flags?: number;
  readonly counter?: number;
  /** Laid over the client data. */
  readonly clientData?: object;
}

/** An authenticator in software, with one key on P-256, which says nothing of who made it. */
export class Authenticator {
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly id: Buffer;

  constructor(name: string) {
    this.#keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.id = sha256(name);
  }

  create(asked: Asked): JsonObject {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, CBORType>([
      ...([
        [1, 2],
        [3, -7],
        [-1, 1],
      ] as const),
      [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
    ]);
    const head = authenticatorData({ ...asked, flags: (asked.flags ?? 5) | 64 });
    const authData = Buffer.concat([head, Buffer.alloc(16), Buffer.of(0, this.id.length), this.id, encodeCBOR(key)]);
    const attestation = new Map<string, CBORType>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', Uint8Array.from(authData)],
    ]);
    return this.#credential(clientDataOf('create', asked), {
      attestationObject: url64(encodeCBOR(attestation)),
      transports: ['internal'],
    });
  }

  get(asked: Asked): JsonObject {
    const clientData = clientDataOf('get', asked);
    const data = authenticatorData(asked);
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#keys.privateKey);
    return this.#credential(clientData, { authenticatorData: url64(data), signature: url64(signature) });
  }

  #credential(clientData: Buffer, response: JsonObject): JsonObject {
    const id = url64(this.id);
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response: { clientDataJSON: url64(clientData), ...response },
    };
  }
}

function clientDataOf(action: 'create' | 'get', { challenge, origin = 'https://login.example', clientData }: Asked) {
  return Buffer.from(JSON.stringify({ type: `webauthn.${action}`, challenge, origin, ...clientData }));
}

function authenticatorData({ rpId = 'login.example', flags = 5, counter = 0 }: Asked): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(rpId), Buffer.of(flags), count]);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function url64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}
