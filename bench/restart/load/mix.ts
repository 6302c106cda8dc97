// The mixed load: clients of all kinds that begin at random times and in bursts, until it is told to end.
import type { Engine } from '../../../src/linux/engine/engine.js';
import { DeadlineWheel } from '../../../src/protocol/deadline-wheel.js';
import { gap } from '../../shared/arrivals.js';
import { Histogram } from '../../shared/histogram.js';
import { ClientGroup, type MixParts } from './client-group.js';
import { Downloader } from './downloader.js';
import type { ClientKind, Latency, Mix, MixOutcome } from './messages.js';
import { HaltingTalker, IdleTalker, Talker } from './talker.js';

/** What share of the connections is of each kind. The others are short. */
const SHARES = { http: 0.12, unix: 0.12, halting: 0.05, idle: 0.03, download: 0.004 } as const;
/** Of all connections, those that begin many at a time: they fill the backlog and the queues of a subject. */
const BURST_SHARE = 0.4;
const BURST_EVERY_MS = 200;
/** Connections at a time. Where a subject is slower than the load, no more begin: it has that many in its backlog and its queues. */
const OPEN_MAX = 2000;
const SWEEP_MS = 200;
/** What a change costs the clients behind it, such as those of a process that is still cold, belongs to it. */
const AFTERMATH_MS = 1000;
const TICK_MS = 1;

export class MixedLoad {
  readonly #engine: Engine;
  readonly #mix: Mix;
  readonly #wheel: DeadlineWheel;
  readonly #groups: Readonly<Record<ClientKind, ClientGroup>>;
  readonly #calm = new Histogram();
  readonly #changing = new Histogram();
  readonly #throughout: (IdleTalker | Downloader)[] = [];
  readonly #began_ms: number;
  #due_ms: number;
  #burst_ms: number;
  #sweep_ms: number;
  #isChanging = false;
  /** The end of the aftermath of the last change. */
  #calm_ms = 0;
  /** When the last connection had begun; undefined before. */
  #ended_ms: number | undefined;

  constructor(engine: Engine, mix: Mix) {
    this.#engine = engine;
    this.#mix = mix;
    const now_ms = engine.clock();
    this.#wheel = new DeadlineWheel(now_ms, TICK_MS);
    this.#began_ms = now_ms;
    this.#due_ms = now_ms;
    this.#burst_ms = now_ms + BURST_EVERY_MS;
    this.#sweep_ms = now_ms + SWEEP_MS;
    this.#groups = this.#makeGroups();
    for (let count = 0; count < mix.throughout; count += 1) {
      const idle = new IdleTalker(this.#groups['idle-throughout'], true);
      const download = new Downloader(this.#groups['download-throughout'], true);
      idle.open();
      download.open();
      this.#throughout.push(idle, download);
    }
  }

  #makeGroups(): Record<ClientKind, ClientGroup> {
    const { ways, lasting_ms } = this.#mix;
    const { short, http = short, unix, download } = ways;
    const parts: MixParts = {
      engine: this.#engine,
      wheel: this.#wheel,
      lasting_ms,
      phase: () => (this.#isDuringChange(this.#engine.clock()) ? 'while changing' : 'calm'),
    };
    return {
      short: new ClientGroup('short', parts, short),
      http: new ClientGroup('http', parts, http),
      unix: new ClientGroup('unix', parts, unix),
      halting: new ClientGroup('halting', parts, short),
      idle: new ClientGroup('idle', parts, short),
      download: new ClientGroup('download', parts, download),
      'idle-throughout': new ClientGroup('idle-throughout', parts, short),
      'download-throughout': new ClientGroup('download-throughout', parts, download),
    };
  }

  get begun(): number {
    return Object.values(this.#groups).reduce((sum, { begun }) => sum + begun, 0);
  }

  /** Connections that have not come to their end. */
  get open(): number {
    return Object.values(this.#groups).reduce((sum, { open }) => sum + open, 0);
  }

  get outcome(): MixOutcome {
    return {
      kinds: Object.values(this.#groups).map(({ outcome }) => outcome),
      elapsed_ms: (this.#ended_ms ?? this.#engine.clock()) - this.#began_ms,
      calm: latencyOf(this.#calm),
      changing: latencyOf(this.#changing),
    };
  }

  /** A change begins, with a burst of clients, or has ended. */
  change(isChanging: boolean): void {
    const now_ms = this.#engine.clock();
    if (isChanging) this.#burst_ms = now_ms;
    else this.#calm_ms = now_ms + AFTERMATH_MS;
    this.#isChanging = isChanging;
  }

  #isDuringChange(now_ms: number): boolean {
    return this.#isChanging || now_ms < this.#calm_ms;
  }

  /** Nothing new begins, and those that last throughout come to their end. */
  end(): void {
    this.#ended_ms = this.#engine.clock();
    for (const one of this.#throughout) one.conclude();
  }

  /** What there is to do in each turn. */
  turn(): void {
    const now_ms = this.#engine.clock();
    this.#wheel.expire(now_ms);
    if (this.#ended_ms === undefined) this.#arrive(now_ms);
    if (now_ms < this.#sweep_ms) return;
    this.#sweep_ms = now_ms + SWEEP_MS;
    for (const group of Object.values(this.#groups)) group.expire(now_ms - this.#mix.patience_ms);
  }

  #arrive(now_ms: number): void {
    const { rate } = this.#mix;
    let room = OPEN_MAX - this.open;
    for (; this.#due_ms <= now_ms && room > 0; room -= 1) {
      this.#begin(this.#due_ms);
      this.#due_ms += gap(rate * (1 - BURST_SHARE), Math.random());
    }
    if (room === 0) this.#due_ms = now_ms;
    if (now_ms < this.#burst_ms) return;
    this.#burst_ms = now_ms + BURST_EVERY_MS;
    const burst = Math.min(room, Math.round((rate * BURST_SHARE * BURST_EVERY_MS) / 1000));
    for (let count = 0; count < burst; count += 1) this.#begin(now_ms);
  }

  #begin(due_ms: number): void {
    const kind = kindFor(Math.random());
    const group = this.#groups[kind];
    switch (kind) {
      case 'short':
        new Talker(group, (due) => this.#heard(due)).begin(due_ms);
        break;
      case 'http':
      case 'unix':
        new Talker(group).open();
        break;
      case 'halting':
        new HaltingTalker(group).open();
        break;
      case 'idle':
        new IdleTalker(group, false).open();
        break;
      case 'download':
        new Downloader(group, false).open();
        break;
      default:
        kind satisfies never;
    }
  }

  #heard(due_ms: number): void {
    const now_ms = this.#engine.now;
    const isDuring = this.#isDuringChange(now_ms) || due_ms < this.#calm_ms;
    (isDuring ? this.#changing : this.#calm).record(now_ms - due_ms);
  }
}

const latencyOf = (times: Histogram): Latency => ({ ...times.percentiles(), count: times.count });

/** `random` is from 0 to below 1. */
function kindFor(random: number): 'short' | keyof typeof SHARES {
  let left = random;
  for (const [kind, share] of Object.entries(SHARES)) {
    left -= share;
    if (left < 0) return kind as keyof typeof SHARES;
  }
  return 'short';
}
