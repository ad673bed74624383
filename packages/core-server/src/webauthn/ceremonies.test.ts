import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, Authenticator } from '../../test/authenticator.js';
import { BadRequest } from '../common/errors.js';
import type { JsonObject } from '../json/json.js';
import { credentialIdOf, verifyAssertion, verifyCounter, verifyRegistration } from './ceremonies.js';
import { CredentialRefused } from './credential-refused.js';

const CHALLENGE = Buffer.alloc(32, 7).toString('base64url');
const EXPECTED = {
  challenge: CHALLENGE,
  origin: 'https://login.example',
  rpId: 'login.example',
  isUserVerificationRequired: false,
  isUserPresenceRequired: false,
};
const authenticator = new Authenticator('phone');
const asked = { challenge: CHALLENGE };
const { publicKey } = verifyRegistration(authenticator.create(asked), EXPECTED);

it('accepts a new credential, and then its assertions', () => {
  const registration = verifyRegistration(authenticator.create({ ...asked, counter: 3 }), EXPECTED);
  expect(registration).toMatchObject({ counter: 3, transports: ['internal'] });
  const assertion = authenticator.get({ ...asked, counter: 4 });
  expect(verifyAssertion(assertion, registration.publicKey, EXPECTED)).toBe(4);
});

describe('the id of a credential', () => {
  const refusalOf = (changed: JsonObject) => {
    const credential = { ...authenticator.create(asked), ...changed };
    try {
      credentialIdOf(credential);
      verifyRegistration(credential, EXPECTED);
      return undefined;
    } catch (error) {
      return error instanceof CredentialRefused || error instanceof BadRequest ? error.message : error;
    }
  };

  it.each<[JsonObject, string | undefined]>([
    [{}, undefined],
    [{ id: 1234 }, undefined],
    [{ id: null }, 'credential id is missing!'],
    [{ id: '' }, 'credential id is empty!'],
    [{ id: ['abcd'] }, 'Input data does not match expected form'],
    [{ id: {} }, "Field name 'id' is invalid in JSON input"],
    [{ id: ['abcd', 'abcd'] }, "Field name 'id' is invalid in JSON input"],
    [{ type: 'Public-Key' }, undefined],
    [{ type: ['public-key'] }, undefined],
    [{ type: -1 }, "not supported credential type: '-1'"],
    [{ type: true }, "not supported credential type: 'true'"],
    [{ type: null }, 'credential type is missing!'],
  ])('with %j is refused in the words of the real Core: %s', (changed, message) => {
    expect(refusalOf(changed)).toBe(message);
  });
});

describe.each(['create', 'get'] as const)('what %s gives', (action) => {
  const verify = (changed: Partial<Asked>, expected = EXPECTED) => {
    const credential = authenticator[action]({ ...asked, ...changed });
    return action === 'create'
      ? verifyRegistration(credential, expected)
      : verifyAssertion(credential, publicKey, expected);
  };

  it.each<[Partial<Asked>, string]>([
    [{ challenge: 'AAAA' }, 'challenge does not match'],
    [{ origin: 'https://login.example:8443' }, "'https://login.example:8443' origin doesn't match"],
    [{ origin: 'https://else.example' }, "'https://else.example' origin doesn't match"],
    [{ rpId: 'else.example' }, "rpIdHash doesn't match"],
    [{ clientData: { type: 'webauthn.other' } }, 'ClientData.type must be'],
    [{ clientData: { tokenBinding: { status: 'present', id: 'AA' } } }, 'TokenBinding id does not match'],
    [{ flags: 5 | 16 }, 'Backup state bit must not be set'],
  ])('is refused with %j', (changed, message) => {
    expect(() => verify(changed)).toThrow(message);
  });

  it('accepts the same origin with a default port, a path or capitals', () => {
    for (const origin of ['https://login.example:443', 'https://LOGIN.example/path']) {
      expect(() => verify({ origin })).not.toThrow();
    }
  });

  it('requires user verification when requested', () => {
    expect(() => verify({ flags: 0 })).not.toThrow();
    expect(() => verify({ flags: 0 }, { ...EXPECTED, isUserPresenceRequired: true })).toThrow('UP flag');
    expect(() => verify({ flags: 1 }, { ...EXPECTED, isUserVerificationRequired: true })).toThrow('UV flag');
  });
});

it('refuses the signature of another key', () => {
  const other = new Authenticator('other').get(asked);
  expect(() => verifyAssertion(other, publicKey, EXPECTED)).toThrow('signature is not valid');
});

it('refuses credentials requested by a page of another site', () => {
  const assertion = authenticator.get({ ...asked, clientData: { crossOrigin: true } });
  expect(() => verifyAssertion(assertion, publicKey, EXPECTED)).toThrow('Cross-origin');
});

it('refuses a counter that does not rise, unless there is none', () => {
  for (const [presented, stored] of [
    [0, 0],
    [1, 0],
    [6, 5],
  ] as const) {
    expect(() => verifyCounter(presented, stored)).not.toThrow();
  }
  for (const presented of [0, 4, 5]) expect(() => verifyCounter(presented, 5)).toThrow('counter');
});

it('accepts any input or refuses it with a reason', () => {
  const bytes = fc.uint8Array({ maxLength: 400 }).map((value) => Buffer.from(value).toString('base64url'));
  const good = (authenticator.create(asked).response as JsonObject).attestationObject as string;
  const cut = fc.nat({ max: good.length }).map((length) => good.slice(0, length));
  const damaged = fc.tuple(fc.nat({ max: 250 }), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
    const copy = Buffer.from(good, 'base64url');
    copy[at % copy.length] = byte;
    return copy.toString('base64url');
  });
  const field = fc.oneof(bytes, cut, damaged, fc.string(), fc.jsonValue());
  const clientDataJSON = fc.oneof(
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    field,
    fc.constant((authenticator.create(asked).response as JsonObject).clientDataJSON as string),
  );
  const credential = fc.record(
    {
      id: field,
      rawId: field,
      response: fc.oneof(
        {
          weight: 9,
          arbitrary: fc.record(
            { clientDataJSON, attestationObject: field, authenticatorData: field, signature: field },
            { requiredKeys: [] },
          ),
        },
        { weight: 1, arbitrary: fc.jsonValue() },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(credential, (given) => {
      for (const verify of [verifyRegistration, (c: JsonObject) => verifyAssertion(c, publicKey, EXPECTED)]) {
        try {
          verify(given as JsonObject, EXPECTED);
        } catch (error) {
          expect(error instanceof CredentialRefused || error instanceof BadRequest).toBe(true);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
