import supertokens from 'supertokens-node';
import EmailPassword from 'supertokens-node/recipe/emailpassword';
import EmailVerification from 'supertokens-node/recipe/emailverification';
import MultiFactorAuth from 'supertokens-node/recipe/multifactorauth';
import Session from 'supertokens-node/recipe/session';
import Totp from 'supertokens-node/recipe/totp';
import UserMetadata from 'supertokens-node/recipe/usermetadata';
import Webauthn from 'supertokens-node/recipe/webauthn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CoreServer, createCoreServer } from '../../src/index.js';
import { decodeBase32 } from '../../src/totp/base32.js';
import { oneTimePassword } from '../../src/totp/one-time-password.js';
import { Authenticator } from '../authenticator.js';

let core: CoreServer;

beforeAll(async () => {
  core = await createCoreServer({ settings: { bcrypt_log_rounds: 4 } });
  supertokens.init({
    supertokens: { connectionURI: core.url },
    appInfo: { appName: 'test', apiDomain: 'https://login.example', websiteDomain: 'https://login.example' },
    recipeList: [
      EmailPassword.init(),
      EmailVerification.init({ mode: 'OPTIONAL' }),
      MultiFactorAuth.init(),
      Session.init(),
      Totp.init(),
      UserMetadata.init(),
      Webauthn.init(),
    ],
    telemetry: false,
  });
});
afterAll(() => core.close());

async function signUp(name: string) {
  const made = await EmailPassword.signUp('public', `${name}@example.com`, 'a password 1');
  if (made.status !== 'OK') throw new Error(made.status);
  return made.recipeUserId;
}

it('verifies emails', async () => {
  const id = await signUp('verified');
  expect(await EmailVerification.isEmailVerified(id)).toBe(false);
  const made = await EmailVerification.createEmailVerificationToken('public', id);
  if (made.status !== 'OK') throw new Error(made.status);
  const verified = await EmailVerification.verifyEmailUsingToken('public', made.token);
  expect(verified).toMatchObject({ status: 'OK', user: { email: 'verified@example.com' } });
  expect((await supertokens.getUser(id.getAsString()))?.loginMethods[0]?.verified).toBe(true);
  expect((await EmailVerification.createEmailVerificationToken('public', id)).status).toBe(
    'EMAIL_ALREADY_VERIFIED_ERROR',
  );
  await EmailVerification.unverifyEmail(id);
  expect(await EmailVerification.isEmailVerified(id)).toBe(false);
});

it('accepts one-time passwords and sets them up as a factor', async () => {
  const id = (await signUp('factors')).getAsString();
  const device = await Totp.createDevice(id);
  if (device.status !== 'OK') throw new Error(device.status);
  const key = decodeBase32(device.secret);
  const code = (ahead: number) => oneTimePassword(key, Math.floor(Date.now() / 30_000) + ahead);
  expect((await Totp.verifyTOTP('public', id, code(0))).status).toBe('INVALID_TOTP_ERROR');
  expect(await Totp.verifyDevice('public', id, device.deviceName, code(0))).toMatchObject({
    status: 'OK',
    wasAlreadyVerified: false,
  });
  expect((await Totp.verifyTOTP('public', id, code(1))).status).toBe('OK');
  expect((await Totp.verifyTOTP('public', id, code(1))).status).toBe('INVALID_TOTP_ERROR');
  expect((await Totp.listDevices(id)).devices).toMatchObject([{ name: device.deviceName, verified: true }]);
  expect(await MultiFactorAuth.getFactorsSetupForUser(id)).toContain('totp');
  await MultiFactorAuth.addToRequiredSecondaryFactorsForUser(id, 'totp');
  expect(await MultiFactorAuth.getRequiredSecondaryFactorsForUser(id)).toEqual(['totp']);
  expect(await Totp.removeDevice(id, device.deviceName)).toMatchObject({ didDeviceExist: true });
});

it('logs in with passkeys and recovers an account without one', async () => {
  const site = { relyingPartyId: 'login.example', relyingPartyName: 'Login', origin: 'https://login.example' };
  const choices = { userVerification: undefined, userPresence: undefined, timeout: 60_000, tenantId: 'public' };
  const register = async (who: { email: string; displayName: undefined } | { recoverAccountToken: string }) => {
    const unchosen = { residentKey: undefined, attestation: undefined, supportedAlgorithmIds: undefined };
    const options = await Webauthn.registerOptions({ ...site, ...choices, ...unchosen, ...who });
    if (options.status !== 'OK') throw new Error(options.status);
    return options;
  };
  const asCredential = (credential: unknown) => credential as Parameters<typeof Webauthn.signUp>[0]['credential'];
  const unlinked = { tenantId: 'public', session: undefined, shouldTryLinkingWithSessionUser: undefined };

  const phone = new Authenticator('phone');
  const email = 'passkey@example.com';
  const { challenge, webauthnGeneratedOptionsId } = await register({ email, displayName: undefined });
  const credential = asCredential(phone.create({ challenge }));
  const made = await Webauthn.signUp({ ...unlinked, webauthnGeneratedOptionsId, credential });
  if (made.status !== 'OK') throw new Error(made.status);

  const signIn = async (authenticator: Authenticator) => {
    const options = await Webauthn.signInOptions({ ...site, ...choices });
    if (options.status !== 'OK') throw new Error(options.status);
    return Webauthn.signIn({
      ...unlinked,
      webauthnGeneratedOptionsId: options.webauthnGeneratedOptionsId,
      credential: authenticator.get({ challenge: options.challenge }) as unknown as Parameters<
        typeof Webauthn.signIn
      >[0]['credential'],
    });
  };
  expect(await signIn(phone)).toMatchObject({ status: 'OK', user: { id: made.user.id, emails: [email] } });
  expect((await signIn(new Authenticator('stranger'))).status).toBe('CREDENTIAL_NOT_FOUND_ERROR');

  const token = await Webauthn.generateRecoverAccountToken({ tenantId: 'public', userId: made.user.id, email });
  if (token.status !== 'OK') throw new Error(token.status);
  const again = await register({ recoverAccountToken: token.token });
  const laptop = new Authenticator('laptop');
  const recovered = await Webauthn.recoverAccount({
    webauthnGeneratedOptionsId: again.webauthnGeneratedOptionsId,
    token: token.token,
    credential: asCredential(laptop.create({ challenge: again.challenge })),
  });
  expect(recovered.status).toBe('OK');
  expect((await signIn(laptop)).status).toBe('OK');
  const { credentials } = await Webauthn.listCredentials({ recipeUserId: made.user.id });
  expect(credentials).toHaveLength(2);
  await Webauthn.removeCredential({
    recipeUserId: made.user.id,
    webauthnCredentialId: phone.id.toString('base64url'),
  });
  expect((await signIn(phone)).status).toBe('CREDENTIAL_NOT_FOUND_ERROR');

  await supertokens.deleteUser(made.user.id);
  expect((await signIn(laptop)).status).toBe('CREDENTIAL_NOT_FOUND_ERROR');
});
