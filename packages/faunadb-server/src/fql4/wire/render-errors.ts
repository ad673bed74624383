import { type ApiVersion, isOlder } from '../../values/api-version.js';
import type { FieldFailure, FqlError } from '../../values/failure.js';
import { path } from '../../values/position.js';
import { API_VERSION } from './language-version.js';
import { quoted } from './render.js';

/** The names of documents and collections in errors before version 2.7, by error code. */
const CLASS_WORDS: Readonly<Record<string, readonly (readonly [words: RegExp, older: string])[]>> = {
  'authentication failed': [[/^The document /, 'The instance ']],
  'instance already exists': [
    [/^Document /, 'Instance '],
    [/^Collection /, 'Class '],
  ],
  'instance not found': [
    [/^Document /, 'Instance '],
    [/^Collection /, 'Class '],
  ],
  'instance not unique': [[/^document /, 'instance ']],
  'invalid argument': [[/^(Cannot \w+ a schema meta) collection\.$/, '$1 class.']],
  'invalid expression': [[/^Valid native collection /, 'Valid native class ']],
  'invalid ref': [[/^(Ref refers to undefined|Valid native) collection /, '$1 class ']],
  'mixed wildcards': [[/^Cannot mix collection /, 'Cannot mix class ']],
  'multiple bindings': [[/^A collection /, 'A class ']],
  'validation failed': [[/^document /, 'instance ']],
};

/** The body of an error answer. */
export function renderErrors(errors: readonly FqlError[], apiVersion: ApiVersion = API_VERSION): string {
  const words = isOlder(apiVersion, '2.7') ? classWords : (_: string, description: string) => description;
  const failure = ({ field, code, description }: FieldFailure): string => {
    const names = field.map((name) => quoted(String(name)));
    return `{"field":[${names}],"code":${JSON.stringify(code)},"description":${quoted(words(code, description))}}`;
  };
  const error = ({ position, code, description, failures, cause }: FqlError): string => {
    const fields = [
      // An error of the whole request has no position.
      ...(code === 'bad request' ? [] : [`"position":[${path(position).map(step)}]`]),
      `"code":${JSON.stringify(code)}`,
      `"description":${quoted(words(code, description))}`,
    ];
    if (failures && failures.length > 0) fields.push(`"failures":[${failures.map(failure).join(',')}]`);
    if (cause && cause.length > 0) fields.push(`"cause":[${cause.map(error).join(',')}]`);
    return `{${fields.join(',')}}`;
  };
  return `{"errors":[${errors.map(error).join(',')}]}`;
}

function classWords(code: string, description: string): string {
  const replacements = CLASS_WORDS[code] ?? [];
  return replacements.reduce((text, [words, older]) => text.replace(words, older), description);
}

function step(at: string | number): string {
  return typeof at === 'number' ? String(at) : quoted(at);
}
