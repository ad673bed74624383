// Run by store.test.ts in its own process, to be killed: writes pairs of keys and reports which are durable.
import { openStore } from './open.js';

const store = await openStore({ path: process.argv[2]! });
for (let n = 0; ; n++) {
  const { durable } = store.transact((tx) => {
    tx.put(Buffer.from(`a${n}`), Buffer.from('x'));
    tx.put(Buffer.from(`b${n}`), Buffer.from('x'));
  });
  durable?.then(() => process.send?.(n));
  if (n % 3 === 0) await durable;
}
