// Run by lock.test.ts in its own process: tries to lock a directory at a given instant.
import { lockDirectory } from './lock.js';

let release: (() => Promise<void>) | undefined;
process.on('message', async ({ directory, at }: { directory?: string; at?: number }) => {
  if (directory === undefined || at === undefined) {
    await release?.();
    release = undefined;
    process.send?.('released');
    return;
  }
  while (Date.now() < at);
  try {
    release = await lockDirectory(directory);
    process.send?.('taken');
  } catch (error) {
    process.send?.((error as Error).message);
  }
});
process.send?.('ready');
