import { isMainThread } from 'node:worker_threads';

// Preloaded into the servers of `npm start`. Ends this process, as a signal would, when its parent is gone, even if the
// parent was killed with SIGKILL: the operating system closes the IPC channel in any case.
if (isMainThread && process.connected) {
  process.once('disconnect', () => {
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(1);
  });
  process.channel?.unref();
}
