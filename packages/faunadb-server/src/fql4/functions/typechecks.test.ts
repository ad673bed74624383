import { expect, it } from 'vitest';
import { evaluate } from '../../../test/evaluate.js';

const CHECKS = [
  ...[
    'is_number',
    'is_double',
    'is_integer',
    'is_boolean',
    'is_null',
    'is_bytes',
    'is_timestamp',
    'is_date',
    'is_uuid',
  ],
  ...['is_string', 'is_array', 'is_object', 'is_ref', 'is_set', 'is_doc', 'is_lambda', 'is_collection', 'is_database'],
  ...['is_index', 'is_function', 'is_key', 'is_token', 'is_credentials', 'is_role'],
];

it.each<[string, string[]]>([
  ['1', ['is_number', 'is_integer']],
  ['1.0', ['is_number', 'is_double']],
  ['true', ['is_boolean']],
  ['null', ['is_null']],
  ['"a"', ['is_string']],
  ['[1]', ['is_array']],
  ['{"object":{}}', ['is_object']],
  ['{"@bytes":"AQID"}', ['is_bytes']],
  ['{"now":null}', ['is_timestamp']],
  ['{"date":"1999-02-03"}', ['is_date']],
  ['{"@uuid":"123e4567-e89b-12d3-a456-426614174000"}', ['is_uuid']],
  ['{"query":{"lambda":"x","expr":1}}', ['is_lambda']],
  ['{"collection":"ghosts"}', ['is_ref']],
  ['{"tokens":null}', ['is_ref', 'is_set', 'is_doc', 'is_collection']],
])('%s is %j', (value, kinds) => {
  const answers = evaluate(`{"object":{${CHECKS.map((check) => `"${check}":{"${check}":${value}}`)}}}`) as object;
  expect(Object.entries(answers).flatMap(([check, is]) => (is ? [check] : []))).toEqual(kinds);
});
