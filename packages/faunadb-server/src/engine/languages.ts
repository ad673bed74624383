import { fql4 } from '../fql4/fql4.js';
import { SourceLambda, setSourceLoader } from '../fql10/stored/source-lambda.js';
import type { DeferredWork } from '../model/base/context.js';
import type { Language } from '../query/language.js';
import type { ApiVersion } from '../values/api-version.js';
import type { Lambda, ObjectValue } from '../values/values.js';

setSourceLoader(async () => (await import('../fql10/fql10.js')).runSource);

type DocumentRules = typeof import('../fql10/library/document-rules.js');
let rules: DocumentRules | undefined;

/** What schemas of FQL v10 require of documents in every language; loaded when first needed. */
export function loadedRules(deferred: DeferredWork): DocumentRules {
  rules ??= deferred.require('rules of FQL v10', () => import('../fql10/library/document-rules.js'));
  return rules;
}

/** The query languages. */
const LANGUAGES: readonly Language[] = [fql4];

const byVersion = new Map<ApiVersion, Language>(
  LANGUAGES.flatMap((language) => language.versions.map((version) => [version, language] as const)),
);

/** Returns the language of an API version. */
export function languageOf(version: ApiVersion): Language {
  return byVersion.get(version)!;
}

/** Turns stored data back into a lambda. The data includes the lambda's API version. */
export function readLambda(literal: ObjectValue, scope: number): Lambda {
  const version = literal.fields.get('api_version');
  if (version === '10') return new SourceLambda(literal);
  return (byVersion.get(version as ApiVersion) ?? fql4).lambda(literal, scope);
}
