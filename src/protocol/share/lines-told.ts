// Which lines this gateway tells the others of, and when. All gateways read all news, so a site of a thousand must not tell one thing
// a thousand times every few seconds: what two others say already, a third keeps to itself, until they fall silent. Pure: times
// are of any one clock.
import { FOREIGN_DOWN_MS } from './foreign-lines.js';

/** One poisoned gateway cannot keep the others silent. */
const OTHERS_ENOUGH = 2;
/** Who has told it tells it again after this time: well before the word is over, and before others take its place. */
export const TOLD_EACH_MS = 2000;
/** When others fall silent, gateways take their place one by one within this time behind the end of their word. */
const STEP_IN_MS = 4000;

interface Told {
  isDown: boolean;
  /** When this gateway has told that it is down; undefined where it has not since the line works. */
  at: number | undefined;
  /** When the others have told it last; bounded by the gateways of the configuration. */
  readonly others: Map<string, number>;
  /** How long after the end of their word this gateway takes the place of others. */
  steps_in_ms: number;
}

export type LineTold = { readonly kind: 'line-down' | 'line-up'; readonly line: number };

export class LinesTold {
  readonly #own: string;
  readonly #random: () => number;
  readonly #lines = new Map<number, Told>();

  /** `own`: the name of this gateway. `random`: from 0 to less than 1. */
  constructor(own: string, random: () => number) {
    this.#own = own;
    this.#random = random;
  }

  /** What own eyes say of a line; the same may be said again and again. */
  see(line: number, isDown: boolean): void {
    if (isDown || this.#lines.has(line)) this.#of(line).isDown = isDown;
  }

  /** Another gateway has told `age_ms` ago that the line is down, and is believed. */
  heard(gateway: string, line: number, age_ms: number, now: number): void {
    this.#of(line).others.set(gateway, now - age_ms);
  }

  /** It tells that the line is up again. */
  heardUp(gateway: string, line: number): void {
    this.#lines.get(line)?.others.delete(gateway);
  }

  /** What is to be told now, line by line; asked about once a second. It counts as told. */
  due(now: number): readonly LineTold[] {
    const due: LineTold[] = [];
    for (const [line, told] of this.#lines) {
      const { isDown, at, others } = told;
      forgetSilent(others, now);
      const isMine = at !== undefined && now - at < FOREIGN_DOWN_MS;
      if (!isDown) {
        if (isMine) due.push({ kind: 'line-up', line });
        told.at = undefined;
        if (others.size === 0) this.#lines.delete(line);
      } else if (isMine ? now - at >= TOLD_EACH_MS && this.#goesOn(others, now) : isLeftToTell(told, now)) {
        due.push({ kind: 'line-down', line });
        told.at = now;
        told.steps_in_ms = this.#random() * STEP_IN_MS;
      }
    }
    return due;
  }

  /** Nothing is told any more of lines that the configuration no longer has. */
  keep(lines: ReadonlySet<number>): void {
    for (const line of this.#lines.keys()) if (!lines.has(line)) this.#lines.delete(line);
  }

  /** Of many that have told it in one moment those go on that come first by name. */
  #goesOn(others: ReadonlyMap<string, number>, now: number): boolean {
    let said = 0;
    for (const [gateway, at] of others) if (gateway < this.#own && now - at < FOREIGN_DOWN_MS) said += 1;
    return said < OTHERS_ENOUGH;
  }

  #of(line: number): Told {
    let told = this.#lines.get(line);
    if (told === undefined) {
      told = { isDown: false, at: undefined, others: new Map(), steps_in_ms: this.#random() * STEP_IN_MS };
      this.#lines.set(line, told);
    }
    return told;
  }
}

/** Whether fewer than OTHERS_ENOUGH have told it, but for those that have been silent for too long. */
function isLeftToTell({ others, steps_in_ms }: Told, now: number): boolean {
  let said = 0;
  for (const at of others.values()) if (now - at < FOREIGN_DOWN_MS + steps_in_ms) said += 1;
  return said < OTHERS_ENOUGH;
}

function forgetSilent(others: Map<string, number>, now: number): void {
  for (const [gateway, at] of others) if (now - at >= FOREIGN_DOWN_MS + STEP_IN_MS) others.delete(gateway);
}
