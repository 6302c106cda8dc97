// What speaks against one line as a whole: races that another line won while this one was silent, and sessions over it whose
// bytes nobody acknowledges. From this follows whether the line is dead. One destination that a line does not reach says
// nothing about the line, and neither does a time in which no line works: only races that another line has won count. Any
// sign of life disproves all that came before, but what is near by, such as a machine in the same house, says nothing of what is
// far. Pure: time is an argument.

/** In place of a network: what failed is on the way of all connections over the line, such as its proxy or its source. */
export const WHOLE_LINE = 0;

/** Races lost before a line is dead. */
const LOSSES_MIN = 3;
/** Different networks that were out of reach: a censor or an outage may take away one or two. */
const NETWORKS_MIN = 3;
/** The same where sessions that worked hang too, which tells more than an attempt. A few losses and networks are enough then. */
const LOSSES_MIN_HANGING = 2;
const NETWORKS_MIN_HANGING = 2;
/** For how long nothing has come over the line by then: longer than a burst of attempts, and a change of the cell. */
const SPAN_MS = 1000;
/** Without further evidence, what there is counts for this time; that a line is dead, longer: few may try it. */
const EVIDENCE_MS = 30_000;
const DEAD_MS = 300_000;
/** Networks that are noted; further ones would say nothing more. */
const NETWORKS_MAX = 8;
/** What says nothing new is told to other actors at this interval. */
const REPEAT_MS = 1000;

/** What was lost to one network since the line last showed that it works. */
interface Lost {
  losses: number;
  /** When the first of these attempts began, and the last. */
  first: number;
  last: number;
  /** Whether a session to it hangs. */
  hangs: boolean;
}

export class LineDoubt {
  /** When the line last showed that it works; and that near by, or everywhere. */
  #worked = Number.NEGATIVE_INFINITY;
  #workedNear = Number.NEGATIVE_INFINITY;
  /** By network (network-number.ts). */
  readonly #lost = new Map<number, Lost>();
  /** When the last piece of evidence came, and when one was last told. */
  #last = Number.NEGATIVE_INFINITY;
  #told = Number.NEGATIVE_INFINITY;
  /** Another actor doubts the line although it has worked since: the next sign of life is news to it. */
  #isOwed = false;

  /** At `at` it has shown that it works, perhaps only to what is near by. Returns true if others need to know. */
  works(at: number, isNear = false): boolean {
    this.#workedNear = Math.max(this.#workedNear, at);
    if (!isNear) this.#worked = Math.max(this.#worked, at);
    if ((this.#lost.size === 0 && !this.#isOwed) || (isNear && this.#isFar)) return false;
    for (const [network, lost] of this.#lost) {
      if (lost.last <= at) this.#lost.delete(network);
      else if (lost.first <= at)
        this.#lost.set(network, { losses: 1, first: lost.last, last: lost.last, hangs: false });
    }
    this.#told = Number.NEGATIVE_INFINITY;
    this.#isOwed = false;
    return true;
  }

  /** When it last showed that it works, to what is far. */
  get worked(): number {
    return this.#worked;
  }

  /** Whether something far away was out of reach. */
  get #isFar(): boolean {
    for (const network of this.#lost.keys()) if (network > WHOLE_LINE) return true;
    return false;
  }

  #hasWorkedSince(time: number, network: number): boolean {
    return time <= (network > WHOLE_LINE ? this.#worked : this.#workedNear);
  }

  /**
   * An attempt that began at `began` to an address of a network was silent, or found no way, and another line has won its race.
   * Returns true if others need to know.
   */
  lost(network: number, began: number, now: number): boolean {
    if (this.#hasWorkedSince(began, network)) return false;
    if (this.#isOver(now)) this.forget();
    const known = this.#lost.get(network);
    if (known === undefined) {
      if (this.#lost.size < NETWORKS_MAX)
        this.#lost.set(network, { losses: 1, first: began, last: began, hangs: false });
    } else {
      known.losses += 1;
      known.first = Math.min(known.first, began);
      known.last = Math.max(known.last, began);
    }
    return this.#note(known === undefined || this.#losses <= LOSSES_MIN, now);
  }

  /** As `lost`, in another actor, which does not know whether the line works here. */
  wasLost(network: number, began: number, now: number): void {
    if (this.#hasWorkedSince(began, network)) this.#isOwed = true;
    else this.lost(network, began, now);
  }

  /** A session over it to a network hangs. It counts only beside races that were lost. Returns true if others need to know. */
  hangs(network: number, now: number): boolean {
    if (!this.isDoubted(now)) return false;
    const known = this.#lost.get(network);
    if (known !== undefined) {
      const isNew = !known.hangs;
      known.hangs = true;
      return this.#note(isNew, now);
    }
    // It has awaited its peer for longer than a race takes.
    if (this.#lost.size < NETWORKS_MAX) this.#lost.set(network, { losses: 0, first: now, last: now, hangs: true });
    return this.#note(true, now);
  }

  #note(isNew: boolean, now: number): boolean {
    this.#last = now;
    if (!isNew && now - this.#told < REPEAT_MS) return false;
    this.#told = now;
    return true;
  }

  get #losses(): number {
    let losses = 0;
    for (const lost of this.#lost.values()) losses += lost.losses;
    return losses;
  }

  /** When the first attempt of those began that were lost. */
  get #since(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const { first } of this.#lost.values()) since = Math.min(since, first);
    return since;
  }

  /** Whether nothing gets through, while other lines work. */
  isDead(now: number): boolean {
    return this.#lost.size > 0 && now - this.#last <= DEAD_MS && this.#isEnough;
  }

  /** Whether there is any evidence that still counts. */
  isDoubted(now: number): boolean {
    return this.#losses > 0 && !this.#isOver(now);
  }

  /** Since when nothing has come over the line, where it is worth a look whether its sessions hang; undefined where it is not. */
  since(now: number): number | undefined {
    if (this.#losses < LOSSES_MIN_HANGING || this.#isOver(now) || now - this.#since < SPAN_MS) return undefined;
    return this.#since;
  }

  get #isEnough(): boolean {
    if (this.#last - this.#since < SPAN_MS) return false;
    const ofAll = this.#lost.has(WHOLE_LINE);
    const { size } = this.#lost;
    const losses = this.#losses;
    if (losses >= LOSSES_MIN && (ofAll || size >= NETWORKS_MIN)) return true;
    const hangs = [...this.#lost.values()].some((lost) => lost.hangs);
    return hangs && losses >= LOSSES_MIN_HANGING && (ofAll || size >= NETWORKS_MIN_HANGING);
  }

  #isOver(now: number): boolean {
    return now - this.#last > (this.#isEnough ? DEAD_MS : EVIDENCE_MS);
  }

  /** All evidence is explained, such as by its link that was down. */
  forget(): void {
    this.#lost.clear();
    this.#last = Number.NEGATIVE_INFINITY;
    this.#told = Number.NEGATIVE_INFINITY;
    this.#isOwed = false;
  }
}
