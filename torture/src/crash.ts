import { type Kind, Skipped } from './kind.js';

const kind: Kind = async () => {
  throw new Skipped('it is not written yet');
};
export default kind;
