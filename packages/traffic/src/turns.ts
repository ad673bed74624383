/** Options of {@link Turns}. */
export interface TurnsOptions {
  /** How long works may begin one after the other before the sockets are polled again, in ms. Default: 10. */
  readonly slice?: number;
  /** How many works of one group may be under way at once. Default: 64. */
  readonly atOncePerGroup?: number;
  /** How many lines of one group may wait for a turn; more are refused. Default: 4,096. */
  readonly maxWaiting?: number;
  /** Receives the error of a work that threw, which a work must not do; its turn is over then. Default: ignored. */
  readonly report?: (error: unknown) => void;
}

/** Options of one connection's line. */
export interface LineOptions {
  /** How many of its works may run at once. */
  readonly atOnce: number;
  /** Whether no work of this line may begin now, because its client has not read what it was sent. See {@link Line.look}. */
  readonly isBlocked?: () => boolean;
  /** Called when the number of its waiting works changes. */
  readonly onLength?: (length: number) => void;
}

/** A running work's turn. */
export interface Turn {
  /** The computation is done: another work of the group may begin. Calling it again is harmless. */
  computed(): void;
  /** Everything is done: the next work of its line may begin. Implies {@link Turn.computed}. */
  over(): void;
}

/** A waiting work. */
interface Waiting {
  readonly group: string;
  readonly work: (turn: Turn) => void;
}

/** While connections arrive, a work begins once in so many polls, each of which accepts one. */
const POLLS_PER_WORK = 8;

/** How many groups there may be before idle ones are forgotten. */
const MAX_KEPT = 256;

/** Works of one kind, such as those of one secret. */
class Group {
  /** Lines whose next work belongs to this group, in order of arrival. */
  readonly lines = new Set<Line>();
  underWay = 0;

  constructor(readonly name: string) {}
}

/**
 * Decides whose work begins next. Each line (a connection) offers one work at a time. Groups (secrets) with offered works
 * take turns, and so do the lines within a group, so a connection with a hundred works, or a secret with a hundred
 * connections, delays only itself. Works begin one after the other for a slice of time; then the sockets are polled, so
 * that a newcomer does not wait for all who came before.
 *
 * If nothing waits, a work begins at once, within the call.
 */
export class Turns {
  readonly #slice: number;
  readonly #atOncePerGroup: number;
  readonly #maxWaiting: number;
  readonly #report: (error: unknown) => void;
  readonly #groups = new Map<string, Group>();
  /** Groups with a work that may begin, the next one first. */
  readonly #ready = new Set<Group>();
  /** When the first work since the sockets were polled began, as `performance.now` counts. */
  #since = 0;
  #isLookComing = false;
  #isResting = false;
  /** Whether a connection has arrived since the sockets were polled, and whether one had arrived before that. */
  #hasComer = false;
  #isHurried = false;
  /** How often the sockets were polled while connections arrived. */
  #polls = 0;
  #isPumping = false;

  constructor({ slice = 10, atOncePerGroup = 64, maxWaiting = 4096, report = () => {} }: TurnsOptions = {}) {
    this.#slice = slice;
    this.#atOncePerGroup = atOncePerGroup;
    this.#maxWaiting = maxWaiting;
    this.#report = report;
  }

  /** Creates the line of a connection. */
  line(options: LineOptions): Line {
    return new Line(this, options);
  }

  /** Whether so many lines wait for a turn of this group that another should retry later. */
  isFull(name: string): boolean {
    const group = this.#groups.get(name);
    if (group === undefined) return false;
    // Lines for which there is room begin as soon as the sockets have been polled.
    return group.lines.size - (this.#atOncePerGroup - group.underWay) >= this.#maxWaiting;
  }

  /** Whether a work of this group may begin now, with none ahead of it. */
  isFree(name: string): boolean {
    if (this.#isResting || this.#ready.size > 0) return false;
    const group = this.#groups.get(name);
    return group === undefined || (group.underWay < this.#atOncePerGroup && group.lines.size === 0);
  }

  /**
   * Must be called for every accepted connection. Node accepts one per poll, so while more connections may be pending,
   * works begin only now and then: otherwise the last of many that connect at once would wait for the work of all others.
   */
  hurry(): void {
    this.#hasComer = true;
    this.#isHurried = true;
  }

  /** Queues a line for a turn. */
  offer(line: Line, name: string): void {
    const group = this.#groupOf(name);
    group.lines.add(line);
    if (group.underWay < this.#atOncePerGroup) this.#ready.add(group);
    this.#pump();
  }

  /** Removes a queued line. */
  withdraw(line: Line, name: string): void {
    const group = this.#groups.get(name);
    if (!group?.lines.delete(line)) return;
    if (group.lines.size === 0) this.#ready.delete(group);
    this.#forgetIfIdle(group);
  }

  /** Runs the work of a line whose turn it is. */
  begin(line: Line, { group: name, work }: Waiting): void {
    const group = this.#groupOf(name);
    group.underWay++;
    let isComputed = false;
    let isOver = false;
    const turn: Turn = {
      computed: () => {
        if (isComputed) return;
        isComputed = true;
        group.underWay--;
        if (group.lines.size > 0) this.#ready.add(group);
        else this.#forgetIfIdle(group);
        this.#pump();
      },
      over: () => {
        if (isOver) return;
        isOver = true;
        turn.computed();
        line.workIsOver();
      },
    };
    if (!this.#isLookComing) {
      this.#since = performance.now();
      this.#lookSoon();
    }
    // What becomes free meanwhile begins after this work, not inside it.
    const isWithin = this.#isPumping;
    this.#isPumping = true;
    try {
      work(turn);
    } catch (error) {
      // A work that began from the queue has no caller to catch it, and the error would end the process.
      this.#report(error);
      turn.over();
    } finally {
      this.#isPumping = isWithin;
      if (this.#isHurried || performance.now() - this.#since >= this.#slice) this.#isResting = true;
    }
    if (this.#ready.size > 0) this.#pump();
  }

  /** Begins nothing before the sockets have been polled again. */
  #rest(): void {
    this.#isResting = true;
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#isLookComing = true;
    setImmediate(this.#look);
  }

  #groupOf(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = new Group(name);
    this.#groups.set(name, group);
    return group;
  }

  /** Idle groups are kept for their next work, but not more than a few. */
  #forgetIfIdle(group: Group): void {
    if (this.#groups.size > MAX_KEPT && group.underWay === 0 && group.lines.size === 0) this.#groups.delete(group.name);
  }

  /** The sockets have been polled, and new requests have had their chance before the next poll. */
  readonly #look = (): void => {
    this.#isResting = false;
    this.#isLookComing = false;
    // What begins now still belongs to the event loop turn of that connection.
    this.#isHurried = this.#hasComer;
    this.#hasComer = false;
    if (this.#isHurried && ++this.#polls % POLLS_PER_WORK !== 0) this.#rest();
    else this.#pump();
  };

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (!this.#isResting) {
        const [group] = this.#ready;
        if (group === undefined) return;
        this.#ready.delete(group);
        const [line] = group.lines;
        if (line === undefined) continue;
        group.lines.delete(line);
        // Moves to the end of the round while its line's work runs.
        if (group.lines.size > 0 && group.underWay + 1 < this.#atOncePerGroup) this.#ready.add(group);
        line.beginNext();
        if (group.lines.size > 0 && group.underWay < this.#atOncePerGroup) this.#ready.add(group);
      }
    } finally {
      this.#isPumping = false;
    }
  }
}

/** The works of one connection, which begin in order of arrival. */
export class Line {
  readonly #turns: Turns;
  readonly #atOnce: number;
  readonly #isBlocked: () => boolean;
  readonly #onLength: LineOptions['onLength'];
  readonly #waiting = new Set<Waiting>();
  #offered: Waiting | undefined;
  #underWay = 0;

  /** @internal Created by {@link Turns.line}. */
  constructor(turns: Turns, { atOnce, isBlocked = () => false, onLength }: LineOptions) {
    this.#turns = turns;
    this.#atOnce = atOnce;
    this.#isBlocked = isBlocked;
    this.#onLength = onLength;
  }

  /** How many works have not begun. */
  get length(): number {
    return this.#waiting.size;
  }

  /**
   * Runs `work` when its turn comes, which may be now.
   *
   * @param group such as a secret, which shares turns fairly with other groups
   * @param work must not throw, and must report the end of its turn
   * @param isAlwaysTaken even if the queue is full
   * @returns `begun`, or a function that removes the waiting work; `full` if the queue is full and the work was refused
   */
  enter(group: string, work: (turn: Turn) => void, isAlwaysTaken = false): 'begun' | 'full' | (() => void) {
    const waiting = { group, work };
    if (this.#waiting.size === 0 && this.#mayBegin() && this.#turns.isFree(group)) {
      this.#begin(waiting);
      return 'begun';
    }
    const isIdle = this.#offered === undefined && this.#underWay === 0;
    if (!isAlwaysTaken && isIdle && this.#turns.isFull(group)) return 'full';
    this.#waiting.add(waiting);
    this.#onLength?.(this.#waiting.size);
    this.look();
    return this.#waiting.has(waiting) ? () => this.#leave(waiting) : 'begun';
  }

  /** Must be called when what blocked the line may be gone. */
  look(): void {
    if (this.#offered !== undefined || this.#waiting.size === 0 || !this.#mayBegin()) return;
    const [next] = this.#waiting;
    this.#offered = next!;
    this.#turns.offer(this, next!.group);
  }

  /** @internal */
  beginNext(): void {
    const next = this.#offered!;
    this.#offered = undefined;
    // It may have been blocked since it was queued.
    if (!this.#mayBegin()) return;
    this.#waiting.delete(next);
    this.#onLength?.(this.#waiting.size);
    this.#begin(next);
    this.look();
  }

  /** @internal */
  workIsOver(): void {
    this.#underWay--;
    this.look();
  }

  #mayBegin(): boolean {
    return this.#underWay < this.#atOnce && !this.#isBlocked();
  }

  #begin(waiting: Waiting): void {
    this.#underWay++;
    this.#turns.begin(this, waiting);
  }

  #leave(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting)) return;
    this.#onLength?.(this.#waiting.size);
    if (this.#offered !== waiting) return;
    this.#offered = undefined;
    this.#turns.withdraw(this, waiting.group);
    this.look();
  }
}
