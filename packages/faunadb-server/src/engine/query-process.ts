// A process that evaluates slow queries on snapshots of the store, one after another, and writes nothing. However long
// it takes and however much memory it uses, the serving process is not affected.
import { AttemptStore } from '@supertokens-faunadb/store/attempts';
import { LAST_TIME } from '../model/base/keyspace.js';
import { refuseToHash } from '../storage/hashed.js';
import { limitExceeded } from '../values/query-ended.js';
import { encodeChanges } from './apart/encoded-changes.js';
import { encodeWrites } from './apart/encoded-writes.js';
import { withTime } from './apart/shown-time.js';
import { Stamp } from './apart/stamp.js';
import { hasSucceeded } from './engine.js';
import { FqlEngine } from './fql-engine.js';
import type { Breakdown, Job, Ready, Result, Setup, Written } from './job.js';

/** In characters. */
const LONG_BODY = 1024 * 1024;

let store: AttemptStore;
let engine: FqlEngine;
const apart = { slot: 0, maxMemory: 0, begun: 0n, stamp: new Stamp(), isWatched: false };

function open({ rootKey, file, slot, maxMemory }: Setup): void {
  Object.assign(apart, { slot, maxMemory });
  // The time of a query's snapshot does not depend on what others write meanwhile.
  store = AttemptStore.open(file, LAST_TIME);
  engine = new FqlEngine({ store, rootKey, apart });
}

async function execute({ request, begun, isWatched }: Job): Promise<Result> {
  const stamp = new Stamp();
  Object.assign(apart, { begun, stamp, isWatched });
  refuseToHash((bytes) => {
    if (stamp.isIn(bytes))
      throw limitExceeded('A transaction that takes this long cannot have its own time in a long key.');
  });
  const cpu = process.cpuUsage();
  const { durable: _, ...answer } = await engine.execute(request);
  const { user, system } = process.cpuUsage(cpu);
  const written = writtenBy(answer, stamp);
  // What has written nothing has the time of its snapshot.
  const body = written ? answer.body : withTime(answer.body, String(stamp.time), answer.transactionTime);
  return { kind: 'result', answer: { ...answer, ...sent(body, written) }, written, elapsed: (user + system) / 1000 };
}

/** A long body is sent as bytes, so that the serving process need not encode it. */
function sent(body: string, written: Written | undefined): Pick<Result['answer'], 'body' | 'bytes'> {
  return body.length > LONG_BODY && written?.shownStamp === undefined
    ? { body: '', bytes: Buffer.from(body) }
    : { body };
}

function writtenBy({ outcome, body }: Result['answer'], stamp: Stamp): Written | undefined {
  const { attempt } = store;
  if (!attempt || !hasSucceeded(outcome)) return undefined;
  const writes = encodeWrites(attempt.writes);
  const shown = String(stamp.time);
  const changes = engine.lastChanges && encodeChanges(engine.lastChanges);
  return {
    writes,
    places: stamp.places(writes),
    shownStamp: body.includes(shown) ? shown : undefined,
    reads: attempt.reads.encode(),
    changes: changes && { bytes: changes, places: stamp.places(changes) },
  };
}

process.on('message', (message: Setup | Job) => {
  if (message.kind === 'open') {
    open(message);
    process.send!({ kind: 'ready' } satisfies Ready);
    return;
  }
  execute(message)
    .catch((error): Breakdown => ({ kind: 'breakdown', error }))
    .then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit());
