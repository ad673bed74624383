import { describe, expect, it } from 'vitest';
import { SUPPORTED_VERSIONS } from '../cdi/version.js';
import { checkVersion } from './gate.js';

describe('the version that a client names', () => {
  it.each([...SUPPORTED_VERSIONS, undefined])('may be %s', (version) => {
    expect(() => checkVersion(version === undefined ? {} : { 'cdi-version': version })).not.toThrow();
  });

  it.each(['5', '5.04', '05.4', '5.4.0', '2.22', '2.7.0', '0'])('may not be %s', (version) => {
    expect(() => checkVersion({ 'cdi-version': version })).toThrow(`cdi-version ${version} not supported`);
  });
});
