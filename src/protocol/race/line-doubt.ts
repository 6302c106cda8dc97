// What speaks against one line as a whole: races that another line won while this one was silent, and sessions over it whose
// bytes nobody acknowledges. From this follows whether the line is dead. One destination that a line does not reach says
// nothing about the line, and neither does a time in which no line works: only races that another line has won count. Any
// sign of life disproves all that came before. Pure: time is an argument.

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
/** Networks that are noted; more say nothing more. */
const NETWORKS_MAX = 8;
/** What says nothing new is told to other actors at this interval. */
const REPEAT_MS = 1000;

export class LineDoubt {
  /** When the line last showed that it works. */
  #worked = Number.NEGATIVE_INFINITY;
  /** Races lost since then. */
  #losses = 0;
  /** The networks that were out of reach, and whether a session to one of them hangs. */
  readonly #networks = new Set<number>();
  #hangs = false;
  /** When the first of them began, and when the last one was known. */
  #since = Number.NEGATIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #told = Number.NEGATIVE_INFINITY;
  /** Another actor doubts the line although it has worked since: the next sign of life is news to it. */
  #isOwed = false;

  /** It has shown that it works. Returns true if others need to know. */
  works(now: number): boolean {
    this.#worked = now;
    if (this.#losses === 0 && !this.#isOwed) return false;
    this.forget();
    return true;
  }

  /**
   * An attempt that began at `began` to an address of a network was silent, or found no way, and another line has won its race.
   * Returns true if others need to know.
   */
  lost(network: number, began: number, now: number): boolean {
    if (began <= this.#worked) return false;
    if (this.#isOver(now)) this.forget();
    if (this.#losses === 0) this.#since = began;
    else this.#since = Math.min(this.#since, began);
    this.#losses += 1;
    return this.#note(network, now) || this.#losses <= LOSSES_MIN;
  }

  /** A session over it to a network hangs. It counts only beside races that were lost. Returns true if others need to know. */
  hangs(network: number, now: number): boolean {
    if (this.#losses === 0 || this.#isOver(now)) return false;
    const isFirst = !this.#hangs;
    this.#hangs = true;
    return this.#note(network, now) || isFirst;
  }

  /** As `lost`, in another actor, which does not know whether the line works here. */
  wasLost(network: number, began: number, now: number): void {
    if (began <= this.#worked) this.#isOwed = true;
    else this.lost(network, began, now);
  }

  #note(network: number, now: number): boolean {
    this.#last = now;
    const isNew = !this.#networks.has(network) && this.#networks.size < NETWORKS_MAX;
    if (isNew) this.#networks.add(network);
    if (!isNew && now - this.#told < REPEAT_MS) return false;
    this.#told = now;
    return true;
  }

  /** Whether nothing gets through, while other lines work. */
  isDead(now: number): boolean {
    if (now - this.#last > DEAD_MS) return false;
    return this.#isEnough;
  }

  /** Since when nothing has come over the line, where it is worth a look whether its sessions hang; undefined where it is not. */
  since(now: number): number | undefined {
    if (this.#losses < LOSSES_MIN_HANGING || this.#isOver(now) || now - this.#since < SPAN_MS) return undefined;
    return this.#since;
  }

  get #isEnough(): boolean {
    if (this.#last - this.#since < SPAN_MS) return false;
    const ofAll = this.#networks.has(WHOLE_LINE);
    const { size } = this.#networks;
    if (this.#losses >= LOSSES_MIN && (ofAll || size >= NETWORKS_MIN)) return true;
    return this.#hangs && this.#losses >= LOSSES_MIN_HANGING && (ofAll || size >= NETWORKS_MIN_HANGING);
  }

  #isOver(now: number): boolean {
    return now - this.#last > (this.#isEnough ? DEAD_MS : EVIDENCE_MS);
  }

  /** All evidence is explained, such as by its link that was down. */
  forget(): void {
    this.#losses = 0;
    this.#networks.clear();
    this.#hangs = false;
    this.#since = Number.NEGATIVE_INFINITY;
    this.#last = Number.NEGATIVE_INFINITY;
    this.#told = Number.NEGATIVE_INFINITY;
    this.#isOwed = false;
  }
}
