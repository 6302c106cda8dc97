// What other gateways of the site know of destinations that this actor meets for the first time. Questions go to the share actor once
// a turn, and nothing waits for an answer: a hint counts that is there before the first dial. Hints are kept apart from what this
// gateway has measured, for a short time, and are forgotten at the first measurement. Without a share actor this does nothing.
import type { MessagePort } from 'node:worker_threads';
import type { ShareOptions } from '../../../../protocol/share-options.js';
import type { ForeignHint, HintsAsked, HintsTold } from '../../../../threads/contracts/share.js';
import { Counter } from '../../../../threads/shared/counters.js';

/** Destinations of which something is kept. */
const HELD_MAX = 4096;
/** For how long: what is asked for comes within milliseconds, and other clients ask for the same at about the same time. */
const HELD_MS = 60_000;
/** A question that has not been answered is asked again after this time: the share actor knows by then what to say at once. */
const ASK_AGAIN_MS = 1000;
/** Questions of one turn; further first contacts go without hints. */
const ASKED_MAX = 256;

/** What is kept of a destination. */
interface Held {
  askedAt: number;
  /** Undefined where it has not come, or where this gateway has measured something itself since. */
  hint: ForeignHint | undefined;
  toldAt: number;
  /** Whether a race that asked has begun without it. */
  isMissed: boolean;
  isMeasured: boolean;
}

/** A hint, with its age when it is used. */
export interface AgedHint {
  readonly hint: ForeignHint;
  readonly age_ms: number;
}

export class ForeignHints {
  readonly #now: () => number;
  readonly #counters: Float64Array;
  #port: MessagePort | undefined;
  /** Whether routes of the site are asked for. */
  #isWanted = false;
  #areNewsWanted = false;
  #asked: string[] = [];
  /** In the order in which they were asked for. */
  readonly #held = new Map<string, Held>();

  constructor(now: () => number, counters: Float64Array) {
    this.#now = now;
    this.#counters = counters;
  }

  /** A port to a share actor that was started or restarted. */
  connect(port: MessagePort): void {
    this.close();
    this.#port = port;
    port.once('close', () => {
      if (this.#port === port) this.close();
    });
    port.on('message', (told: HintsTold) => this.told(told));
    port.unref();
  }

  /** What is shared from now on, maybe with another site: what the one before has told is forgotten. */
  set({ url, routes, news }: Pick<ShareOptions, 'url' | 'routes' | 'news'>): void {
    this.#isWanted = url !== null && routes;
    this.#areNewsWanted = url !== null && news;
    this.#forget();
  }

  /** Whether there is anybody to ask, and something to ask for. */
  get isOn(): boolean {
    return this.#port !== undefined && this.#isWanted;
  }

  /** Whether what other gateways say against lines and addresses counts. */
  get hasNews(): boolean {
    return this.#port !== undefined && this.#areNewsWanted;
  }

  /** The question goes out with the turn, if there is something to ask and room for it. Called only where there is somebody. */
  ask(destination: string, now: number): void {
    const held = this.#of(destination, now);
    if (held !== undefined && (held.hint !== undefined || held.isMeasured || now - held.askedAt < ASK_AGAIN_MS)) return;
    if (this.#asked.length >= ASKED_MAX) return;
    this.#asked.push(destination);
    this.#counters[Counter.hintsAsked] += 1;
    this.#held.delete(destination);
    const toldAt = Number.NEGATIVE_INFINITY;
    this.#held.set(destination, { askedAt: now, hint: undefined, toldAt, isMissed: false, isMeasured: false });
    if (this.#held.size <= HELD_MAX) return;
    const [oldest] = this.#held.keys();
    this.#held.delete(oldest);
  }

  #of(destination: string, now: number): Held | undefined {
    const held = this.#held.get(destination);
    if (held === undefined || now - held.askedAt < HELD_MS) return held;
    this.#held.delete(destination);
    return undefined;
  }

  /** Takes the hints of the share actor. What was not asked for is dropped. */
  told(hints: HintsTold): void {
    const now = this.#now();
    for (const hint of hints) {
      const held = this.#of(hint.destination, now);
      if (held === undefined) continue;
      this.#counters[Counter.hintsTold] += 1;
      if (held.isMissed) this.#counters[Counter.hintsTooLate] += 1;
      held.isMissed = false;
      if (held.isMeasured) continue;
      held.hint = hint;
      held.toldAt = now;
    }
  }

  /** Undefined where nothing is told of the destination, or it has been measured since. */
  find(destination: string, now: number): AgedHint | undefined {
    const held = this.#of(destination, now);
    if (held?.hint === undefined) return undefined;
    return { hint: held.hint, age_ms: held.hint.age_ms + now - held.toldAt };
  }

  /** A race for it has begun to dial without a hint. */
  missed(destination: string): void {
    const held = this.#held.get(destination);
    if (held !== undefined) held.isMissed = true;
  }

  /** This gateway has seen something of it: what others say counts no longer, and is not asked for again for a while. */
  measured(destination: string): void {
    const held = this.#held.get(destination);
    if (held === undefined) return;
    held.hint = undefined;
    held.isMeasured = true;
  }

  /** Sends the questions of the turn. To be called before names are asked for: a hint is of use that is there before the addresses. */
  flush(): void {
    if (this.#asked.length === 0) return;
    this.#port?.postMessage(this.#asked satisfies HintsAsked);
    this.#asked = [];
  }

  close(): void {
    this.#port?.close();
    this.#port = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#asked = [];
    this.#held.clear();
  }
}
