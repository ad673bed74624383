/** How turns are given. */
export interface TurnsOptions {
  /** For how long works are begun one after the other before the sockets are looked at again, in ms. Default: 10. */
  readonly slice?: number;
  /** How many works of one group may be under way at once. Default: 64. */
  readonly atOncePerGroup?: number;
  /** How many lines may wait for a turn of one group; who comes then is turned away. Default: 4,096. */
  readonly maxWaiting?: number;
  /** Hears of a work that threw, which it must not: its turn is over then. Default: nobody does. */
  readonly report?: (error: unknown) => void;
}

/** How one connection takes part. */
export interface LineOptions {
  /** How many of its works may be under way at once. */
  readonly atOnce: number;
  /** Whether no work of this line may begin now: its client has not read what it was sent. See {@link Line.look}. */
  readonly isBlocked?: () => boolean;
  /** Is told how many of its works wait, when that has changed. */
  readonly onLength?: (length: number) => void;
}

/** A work that has got its turn. */
export interface Turn {
  /** The work is computed: another of its group may begin. Needs to be said once; more is no harm. */
  computed(): void;
  /** All is over: the next work of its line may begin. Implies {@link Turn.computed}. */
  over(): void;
}

/** A work that waits. */
interface Waiting {
  readonly group: string;
  readonly work: (turn: Turn) => void;
}

/** Works of one kind, such as those of one secret. */
class Group {
  /** Lines whose next work is of this group, in the order in which they came. */
  readonly lines = new Set<Line>();
  underWay = 0;

  constructor(readonly name: string) {}
}

/**
 * Decides whose work begins next. Each line (a connection) offers one work at a time; groups (secrets) that are offered any take
 * turns, and so do the lines within a group. So one connection with a hundred works, or one secret with a hundred connections, waits for
 * itself and not the others for it. Works begin one after the other for a slice of time, then the sockets are looked at, so that
 * one who has come meanwhile is not behind all who were there.
 *
 * Where nobody waits a work begins at once, within the call.
 */
export class Turns {
  readonly #slice: number;
  readonly #atOncePerGroup: number;
  readonly #maxWaiting: number;
  readonly #report: (error: unknown) => void;
  readonly #groups = new Map<string, Group>();
  /** Groups of which a work may begin, the next one first. */
  readonly #ready = new Set<Group>();
  #spent = 0;
  #isLookComing = false;
  #isResting = false;
  /** Whether a connection has come since the sockets were looked at, and whether one had come before that. */
  #hasComer = false;
  #isHurried = false;
  #isPumping = false;

  constructor({ slice = 10, atOncePerGroup = 64, maxWaiting = 4096, report = () => {} }: TurnsOptions = {}) {
    this.#slice = slice;
    this.#atOncePerGroup = atOncePerGroup;
    this.#maxWaiting = maxWaiting;
    this.#report = report;
  }

  /** A line for one connection. */
  line(options: LineOptions): Line {
    return new Line(this, options);
  }

  /** Whether so many wait for a turn of this group that one more should be told to come again later. */
  isFull(name: string): boolean {
    const group = this.#groups.get(name);
    if (group === undefined) return false;
    // Those for which there is room begin as soon as the sockets have been looked at.
    return group.lines.size - (this.#atOncePerGroup - group.underWay) >= this.#maxWaiting;
  }

  /** Whether a work of this group may begin now, with nobody in front of it. */
  isFree(name: string): boolean {
    if (this.#isResting || this.#ready.size > 0) return false;
    const group = this.#groups.get(name);
    return group === undefined || (group.underWay < this.#atOncePerGroup && group.lines.size === 0);
  }

  /**
   * To be called for every connection that is accepted. Node accepts one each time that it looks at the sockets, so that no more
   * than one work begins between two looks while others may be behind it: what is accepted and what is begun keep step.
   */
  hurry(): void {
    this.#hasComer = true;
    this.#isHurried = true;
  }

  /** Puts a line up for a turn. */
  offer(line: Line, name: string): void {
    const group = this.#groupOf(name);
    group.lines.add(line);
    if (group.underWay < this.#atOncePerGroup) this.#ready.add(group);
    this.#pump();
  }

  /** Takes a line back that was offered. */
  withdraw(line: Line, name: string): void {
    const group = this.#groups.get(name);
    if (!group?.lines.delete(line)) return;
    if (group.lines.size === 0) this.#ready.delete(group);
    this.#forgetIfIdle(group);
  }

  /** Runs a work of a line that has its turn. */
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
      this.#isLookComing = true;
      setImmediate(this.#look);
    }
    const began = performance.now();
    // What becomes free meanwhile begins after this work, not within it.
    const isWithin = this.#isPumping;
    this.#isPumping = true;
    try {
      work(turn);
    } catch (error) {
      // Where it began of itself, nobody is there to catch it, and the process would end.
      this.#report(error);
      turn.over();
    } finally {
      this.#isPumping = isWithin;
      this.#spent += performance.now() - began;
      if (this.#isHurried || this.#spent >= this.#slice) this.#isResting = true;
    }
    if (this.#ready.size > 0) this.#pump();
  }

  #groupOf(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = new Group(name);
    this.#groups.set(name, group);
    return group;
  }

  #forgetIfIdle(group: Group): void {
    if (group.underWay === 0 && group.lines.size === 0) this.#groups.delete(group.name);
  }

  /** The sockets are looked at now, and what came of it has had its chance before the next look. */
  readonly #look = (): void => {
    this.#isResting = false;
    this.#isLookComing = false;
    // What begins now is still of the turn of the event loop in which that connection came.
    this.#isHurried = this.#hasComer;
    this.#hasComer = false;
    this.#spent = 0;
    this.#pump();
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
        // To the end of the round, while its line's work runs.
        if (group.lines.size > 0 && group.underWay + 1 < this.#atOncePerGroup) this.#ready.add(group);
        line.beginNext();
        if (group.lines.size > 0 && group.underWay < this.#atOncePerGroup) this.#ready.add(group);
      }
    } finally {
      this.#isPumping = false;
    }
  }
}

/** The works of one connection, which begin in the order in which they came. */
export class Line {
  readonly #turns: Turns;
  readonly #atOnce: number;
  readonly #isBlocked: () => boolean;
  readonly #onLength: LineOptions['onLength'];
  readonly #waiting = new Set<Waiting>();
  #offered: Waiting | undefined;
  #underWay = 0;

  /** @internal Made by {@link Turns.line}. */
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
   * Lets `work` begin when it is its turn, which may be now.
   *
   * @param group such as a secret, with whom others share turns fairly
   * @param work begins; it must not throw, and says of its turn when it is over
   * @param isAlwaysTaken however many wait
   * @returns `begun`, or what takes back a work that waits; `full` where so many wait that it was not taken at all
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

  /** To be called when what blocked the line may be gone. */
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
    // It may have been blocked since it was offered.
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
