// What lines make of datagrams, in shared memory by the line's number: whether its proxies carry them at all, and whether nothing
// comes back over it that comes back over others. All connection actors write and read it, and nothing waits for another thread.
// Connections over the same line may be fine, so it is apart from the health of lines (protocol/lines/health). What is known of
// one destination is remembered with that (workers/connection/udp/choice).
import { FAILURES, type FailureCode } from '../../protocol/race/failure.js';

/** Of lines with numbers from here on nothing is known. Pages of numbers that are not in use are never touched. */
const LINES_MAX = 65_536;

/** Times are in tenths of a second of a clock that all threads share: they fit into 32 bits for six years. */
const PER_SECOND = 10;
const MS = 1000 / PER_SECOND;
/** A proxy that did not carry datagrams is asked again after this time: it may have learned to. */
const ASKED_AGAIN = 600 * PER_SECOND;
/** The same for one that refused for now, or without a reason. */
const REFUSED_FOR = 60 * PER_SECOND;
/** Losses to so many networks, with nothing heard in between, are the line's own. */
const LOSSES = 3;
/** Losses that are further apart than this do not add up. */
const LOSSES_WITHIN = 60 * PER_SECOND;
/** For how long such a line is for when nothing else is left; twice as long after each further loss. */
const SILENT_FOR = 30 * PER_SECOND;
const SILENT_MAX = 600 * PER_SECOND;

/** Of a line. */
const Field = {
  relays: 0,
  relaysAt: 1,
  losses: 2,
  lostAt: 3,
  first: 4,
  second: 5,
  silentUntil: 6,
  silentFor: 7,
  /** Of the last time that asking its proxies failed: the place of the cause, from 1; negative where they had been asked. 0: none. */
  trouble: 8,
  troubleAt: 9,
} as const;
const FIELDS = 10;

const CAUSES = Object.keys(FAILURES) as FailureCode[];

const RELAYS = ['unknown', 'yes', 'no'] as const;
/** A further value in memory: "no" for a shorter time. */
const REFUSED = RELAYS.length;
/** Whether the proxies of a line carry datagrams, as far as they have been asked. */
export type Relays = (typeof RELAYS)[number];

/** That the proxies of a line could not be asked, or have given no association and have not said why. */
export interface AskingFailed {
  readonly cause: FailureCode;
  /** Whether they were reached, and asked. */
  readonly was_asked: boolean;
  readonly ago_ms: number;
}

/** Of a line, for people. */
export interface UdpLine {
  readonly relays: Relays;
  /** When its proxies said so; undefined where they have not been asked. */
  readonly asked_ms: number | undefined;
  /** For how long it is still left out, since nothing comes back over it; undefined where it is not. */
  readonly silent_ms: number | undefined;
  /** Where that is the last that is known of its proxies. */
  readonly failed: AskingFailed | undefined;
}

/** The monotonic clock, which all threads share. */
const sharedClock = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * PER_SECOND + Math.floor(nanoseconds / 100_000_000);
};

export class UdpLines {
  readonly #fields: Int32Array;
  readonly #clock: () => number;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(LINES_MAX * FIELDS * 4);
  }

  /** `clock`: in tenths of a second, the same in all threads. */
  constructor(memory: SharedArrayBuffer, clock = sharedClock) {
    this.#fields = new Int32Array(memory);
    this.#clock = clock;
  }

  /** Of a line with proxies. */
  relays(line: number): Relays {
    const value = this.#get(line, Field.relays);
    const relays = value === REFUSED ? 'no' : RELAYS[value];
    const after = value === REFUSED ? REFUSED_FOR : ASKED_AGAIN;
    const isOver = relays === 'no' && this.#clock() - this.#get(line, Field.relaysAt) >= after;
    return isOver ? 'unknown' : relays;
  }

  /** A proxy has opened an association, or has refused one since it has none. That it cannot be reached says nothing of that. */
  setRelays(line: number, doesRelay: boolean): void {
    this.#said(line, RELAYS.indexOf(doesRelay ? 'yes' : 'no'));
  }

  /** A proxy has refused an association, and may open another one. */
  refused(line: number): void {
    this.#said(line, REFUSED);
  }

  #said(line: number, relays: number): void {
    this.#set(line, Field.relaysAt, this.#clock());
    this.#set(line, Field.relays, relays);
    this.#set(line, Field.trouble, 0);
  }

  /** The proxies could not be asked, or have given no association and have not said why. It changes nothing of whether they relay. */
  failed(line: number, cause: FailureCode, wasAsked: boolean): void {
    const place = CAUSES.indexOf(cause) + 1;
    this.#set(line, Field.troubleAt, this.#clock());
    this.#set(line, Field.trouble, wasAsked ? -place : place);
  }

  /** Whether nothing has come back over the line lately, where it came back over others. */
  isSilent(line: number): boolean {
    const until = this.#get(line, Field.silentUntil);
    return until !== 0 && this.#clock() < until;
  }

  /** Something has come back over it. */
  answered(line: number): void {
    if (this.#get(line, Field.losses) === 0) return;
    this.#set(line, Field.losses, 0);
    this.#set(line, Field.silentUntil, 0);
    this.#set(line, Field.silentFor, 0);
  }

  /** Nothing came back over it from where another line had an answer. `network`: a number that stands for where. */
  lost(line: number, network: number): void {
    const now = this.#clock();
    if (this.isSilent(line)) return;
    const wasSilent = this.#get(line, Field.silentFor) > 0;
    const isLate = !wasSilent && now - this.#get(line, Field.lostAt) > LOSSES_WITHIN;
    const losses = isLate ? 0 : this.#get(line, Field.losses);
    this.#set(line, Field.lostAt, now);
    if (losses > 0 && !wasSilent && this.#isKnown(line, losses, network | 0)) return;
    this.#set(line, Field.losses, losses + 1);
    if (losses === 0) this.#set(line, Field.first, network);
    if (losses === 1) this.#set(line, Field.second, network);
    if (!wasSilent && losses + 1 < LOSSES) return;
    const silent = Math.min(wasSilent ? 2 * this.#get(line, Field.silentFor) : SILENT_FOR, SILENT_MAX);
    this.#set(line, Field.silentFor, silent);
    this.#set(line, Field.silentUntil, now + silent);
  }

  #isKnown(line: number, losses: number, network: number): boolean {
    return network === this.#get(line, Field.first) || (losses > 1 && network === this.#get(line, Field.second));
  }

  of(line: number): UdpLine {
    const now = this.#clock();
    const relays = this.relays(line);
    return {
      relays,
      asked_ms: relays === 'unknown' ? undefined : (now - this.#get(line, Field.relaysAt)) * MS,
      silent_ms: this.isSilent(line) ? (this.#get(line, Field.silentUntil) - now) * MS : undefined,
      failed: this.#failedOf(line, now),
    };
  }

  #failedOf(line: number, now: number): AskingFailed | undefined {
    const trouble = this.#get(line, Field.trouble);
    if (trouble === 0) return undefined;
    const cause = CAUSES[Math.abs(trouble) - 1];
    return { cause, was_asked: trouble < 0, ago_ms: (now - this.#get(line, Field.troubleAt)) * MS };
  }

  #get(line: number, field: number): number {
    return line < LINES_MAX ? Atomics.load(this.#fields, line * FIELDS + field) : 0;
  }

  #set(line: number, field: number, value: number): void {
    if (line < LINES_MAX) Atomics.store(this.#fields, line * FIELDS + field, value);
  }
}
