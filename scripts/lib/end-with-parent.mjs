import { isMainThread } from 'node:worker_threads';

// Preloaded into the servers of `npm start`: ends this one, as a signal would, when the process that started it has gone,
// even by a kill that it could not see. The channel between the two is what tells: the system closes it in any case.
if (isMainThread && process.connected) {
  process.once('disconnect', () => {
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(1);
  });
  process.channel?.unref();
}
