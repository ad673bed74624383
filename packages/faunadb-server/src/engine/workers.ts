import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism, constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { limitExceeded, QueryEnded, timedOut } from '../values/query-ended.js';
import { type Client, type Turn, WaitingList } from './apart/waiting-list.js';
import type { Breakdown, Job, Result, Setup } from './job.js';

/** How much memory the JavaScript values of a query may use, in MB. */
const MAX_HEAP = 512;
/** How much memory the process of a query may use in all, in bytes. */
const MAX_MEMORY = 1024 * 1024 * 1024;
/** How long after its timeout a query that has not ended by itself is killed, in ms. */
const GRACE = 500;
/** How long an idle process is kept, in ms. */
const IDLE = 30_000;

/**
 * Processes that evaluate slow queries: as many as there are processors, but at least 4. They start on demand, run at a
 * lower priority than the serving process, and are killed when a query takes too much time or memory.
 */
export class Workers {
  readonly #setup: () => Promise<Omit<Setup, 'kind' | 'slot' | 'maxMemory'>>;
  readonly #waiting: WaitingList<Task>;
  readonly #idle: Worker[] = [];
  readonly #busy = new Set<Worker>();
  readonly #slots: number[];
  #closed = false;

  constructor(setup: () => Promise<Omit<Setup, 'kind' | 'slot' | 'maxMemory'>>) {
    this.#setup = setup;
    const size = Math.min(Math.max(4, availableParallelism()), 16);
    this.#slots = Array.from({ length: size }, (_, i) => i + 1);
    this.#waiting = new WaitingList(size);
  }

  /**
   * @param deadline in ms, as of `performance.now()`
   * @throws {QueryEnded} if it takes too long or too much memory, or if too many others wait
   */
  run(job: Job, client: Client, deadline: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const task: Task = { job, deadline: () => deadline, resolve, reject };
      if (!this.#waiting.add(client, task)) {
        reject(new QueryEnded('time', 'time out', 'Too many slow queries are waiting.'));
        return;
      }
      const timer = setTimeout(() => {
        if (this.#waiting.remove(client, task)) reject(timedOut());
      }, deadline - performance.now());
      timer.unref();
      task.begin = () => clearTimeout(timer);
      this.#next();
    });
  }

  /**
   * Runs a job of a stream. It waits for as long as it takes, apart from its client's queries: each stream has one at a
   * time. Its timeout begins with its turn.
   *
   * @throws {QueryEnded} if it takes too long or too much memory, or if `closed` is aborted before its turn
   */
  runAtLeisure(job: Job, { tree, who }: Client, closed: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const client = { tree, who: `streams of ${who}`, isPatient: true };
      const deadline = () => performance.now() + job.request.timeout;
      const task: Task = { job, deadline, resolve, reject };
      const leave = () => {
        if (this.#waiting.remove(client, task)) reject(timedOut());
      };
      closed.addEventListener('abort', leave);
      task.begin = () => closed.removeEventListener('abort', leave);
      this.#waiting.add(client, task);
      if (closed.aborted) leave();
      this.#next();
    });
  }

  /** Kills all processes. */
  close(): void {
    this.#closed = true;
    for (const worker of [...this.#idle.splice(0), ...this.#busy]) worker.end();
  }

  #next(): void {
    for (;;) {
      if (this.#closed || (this.#idle.length === 0 && this.#slots.length === 0)) return;
      const turn = this.#waiting.take();
      if (!turn) return;
      turn.item.begin?.();
      this.#serve(turn).catch(turn.item.reject);
    }
  }

  async #serve({ item: task, done }: Turn<Task>): Promise<void> {
    let worker = this.#idle.pop();
    const slot = worker?.slot ?? this.#slots.pop()!;
    try {
      worker ??= await Worker.start(slot, this.#setup);
      if (this.#closed) throw timedOut();
      this.#busy.add(worker);
      worker.wake();
      const deadline = task.deadline();
      // A process that starts too slowly for this query is kept for the next one.
      if (!(await worker.isReadyBefore(deadline))) {
        task.reject(timedOut());
        await worker.ready;
      } else task.resolve(await worker.run(task.job, deadline));
    } catch (error) {
      task.reject(error);
    } finally {
      done();
      if (worker) this.#busy.delete(worker);
      if (worker?.isAlive && !this.#closed) {
        this.#idle.push(worker);
        worker.rest(() => this.#forget(worker!));
      } else {
        worker?.end();
        this.#slots.push(slot);
      }
      this.#next();
    }
  }

  #forget(worker: Worker): void {
    const at = this.#idle.indexOf(worker);
    if (at < 0) return;
    this.#idle.splice(at, 1);
    this.#slots.push(worker.slot);
    worker.end();
  }
}

interface Task {
  readonly job: Job;
  /** In ms, as of `performance.now()`. */
  readonly deadline: () => number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  begin?: () => void;
}

class Worker {
  readonly slot: number;
  /** Rejects if the process ends before. */
  readonly ready: Promise<void>;
  readonly #process: ChildProcess;
  #timer: NodeJS.Timeout | undefined;
  isAlive = true;

  private constructor(slot: number, child: ChildProcess) {
    this.slot = slot;
    this.#process = child;
    this.ready = new Promise((resolve, reject) => {
      child.once('message', () => resolve()).once('exit', (code, signal) => reject(ended(code, signal)));
    });
    this.ready.catch(() => {});
    child.once('exit', () => {
      this.isAlive = false;
    });
    child.on('error', () => {
      this.isAlive = false;
    });
  }

  static async start(slot: number, setup: () => Promise<Omit<Setup, 'kind' | 'slot' | 'maxMemory'>>) {
    const given = await setup();
    const { file, execArgv } = program();
    const child = fork(file, [], {
      execArgv: [...execArgv, `--max-old-space-size=${MAX_HEAP}`],
      serialization: 'advanced',
      // It needs none of the server's settings, least of all the secret ones.
      env: process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const worker = new Worker(slot, child);
    giveWay(child);
    worker.#send({ kind: 'open', slot, maxMemory: MAX_MEMORY, ...given });
    return worker;
  }

  /** @param deadline in ms, as of `performance.now()` */
  async isReadyBefore(deadline: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), deadline - performance.now());
    });
    try {
      return await Promise.race([this.ready.then(() => true), isLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  run(job: Job, deadline: number): Promise<Result> {
    const timeLeft = Math.max(1, deadline - performance.now());
    return new Promise((resolve, reject) => {
      const finish = (work: () => void): void => {
        clearTimeout(timer);
        this.#process.removeListener('message', answered).removeListener('exit', gone);
        work();
      };
      const answered = (message: unknown) =>
        finish(() => {
          const result = message as Result | Breakdown;
          if (result.kind === 'result') resolve(result);
          else reject(result.error);
        });
      const gone = (code: number | null, signal: string | null) =>
        finish(() => {
          const isFull = code === 134 || signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGILL';
          reject(isFull ? tooLarge() : ended(code, signal));
        });
      const timer = setTimeout(() => {
        this.end();
        finish(() => reject(timedOut()));
      }, timeLeft + GRACE);
      this.#process.once('message', answered).once('exit', gone);
      if (!this.isAlive) finish(() => reject(new Error('A process for queries ended.')));
      else this.#send({ ...job, request: { ...job.request, timeout: timeLeft } });
    });
  }

  /** Lets this process exit while the other is idle, and ends the other when it has been idle for a while. */
  rest(isOver: () => void): void {
    this.#process.unref();
    this.#process.channel?.unref();
    this.#timer = setTimeout(isOver, IDLE).unref();
  }

  wake(): void {
    clearTimeout(this.#timer);
    this.#process.ref();
    this.#process.channel?.ref();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.isAlive = false;
    this.#process.kill('SIGKILL');
  }

  #send(message: Setup | Job): void {
    // The process's end reports a message that could not be sent.
    this.#process.send(message, () => {});
  }
}

/** The program of the process: the module next to this one, as source, compiled, or bundled with the command line. */
function program(): { readonly file: string; readonly execArgv: readonly string[] } {
  const url = import.meta.url;
  if (url.endsWith('.ts')) {
    const execArgv = ['--conditions', 'source', '--import', 'tsx'];
    return { file: fileURLToPath(new URL('./query-process.ts', url)), execArgv };
  }
  const name = url.endsWith('/engine/workers.js') ? './query-process.js' : './start-process.js';
  return { file: fileURLToPath(new URL(name, url)), execArgv: [] };
}

/** Lowers the priority, so that small queries come first on busy processors. */
function giveWay({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // If the system does not allow it, all keep the same priority.
  }
}

const ended = (code: number | null, signal: string | null): Error =>
  new Error(`A process for queries ended: ${signal ?? code}.`);

const tooLarge = (): QueryEnded => limitExceeded(`Query exceeded the memory that one may use: ${MAX_HEAP} MB.`);
