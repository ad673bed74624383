import { expect, it } from 'vitest';
import { errorsOf } from '../../../test/evaluate.js';

it('shows half a surrogate pair as a question mark, as values do', () => {
  expect(errorsOf('{"abort":"\\ud83d x"}')).toEqual([[[], '? x']]);
  expect(errorsOf('{"object":{"\\ud83d":{"abort":"😀"}}}')).toEqual([[['object', '?'], '😀']]);
});
