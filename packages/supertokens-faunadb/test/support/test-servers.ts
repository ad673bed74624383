// Test servers in a process of their own, until the parent closes the channel.
import { startTestServers } from '../../src/operations/testing/index.js';

const servers = await startTestServers({ shared: true });
process.send?.(servers.env);
process.once('disconnect', () => servers.stop());
