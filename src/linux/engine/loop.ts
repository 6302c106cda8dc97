// Runs an engine beside libuv's event loop in the same thread. The thread stays in the engine, where a turn is cheap, and
// returns to libuv when libuv's backend fd becomes readable, when `leave` is called, and at the latest after STAY_MS,
// since the fd does not show libuv's timers. While nothing happens the stays become longer.
import * as libc from '../libc.js';
import { pollNow } from '../sockets.js';
import type { Engine } from './engine.js';

/** The longest that libuv's timers may be late. */
const STAY_MS = 50;
/**
 * While nothing happens in the engine the stay doubles up to this, since each return to libuv costs up to a millisecond
 * of CPU time. A timer that was set when something happened is then late by no more than its own length.
 */
const IDLE_STAY_MS = 2500;
/** Takes the place of STAY_MS where libuv's fd cannot be watched. */
const STAY_BLIND_MS = 1;

export interface LoopHooks {
  /** Called before each wait. Returns how long the wait may last in ms; 0: no wait. */
  mayWait(): number;
  /** Called after each turn, with the number of events that `Engine.turn` returned. */
  turned(outcomes: number): void;
  /** Whether timers of libuv are needed in time, so that no stay may be long. Asked before each stay. */
  isTimed?(): boolean;
}

const POLLIN = 1;

/** What a loop needs of its engine. */
export type TurningEngine = Pick<Engine, 'now' | 'clock' | 'watch' | 'turn'>;

export class Loop {
  readonly #engine: TurningEngine;
  /** False where this Node hides libuv's fd; the loop then wakes every millisecond. */
  readonly watchesLibuv: boolean;
  readonly #hooks: LoopHooks;
  readonly #libuvFd: number | undefined;
  #leaving = false;
  #stopped = false;
  /** libuv has registered all its watchers with its backend fd, so the thread may wait in the engine. */
  #settled = false;
  /** The longest stay in the engine now, in ms. */
  #stayMax = STAY_MS;
  #failed: (error: unknown) => void = () => {};
  #ended: () => void = () => {};

  constructor(engine: TurningEngine, hooks: LoopHooks) {
    this.#engine = engine;
    this.#hooks = hooks;
    const fd = libc.libuvBackendFd();
    this.#libuvFd = fd;
    this.watchesLibuv = fd !== undefined;
    if (fd !== undefined) engine.watch(fd, () => this.leave());
  }

  /** Resolves after `stop()`; rejects with what a handler or a hook threw. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended = resolve;
      this.#failed = reject;
      setImmediate(this.#stay);
    });
  }

  /** The thread returns to libuv after this turn: call it after using a promise, a port or a timer. */
  leave(): void {
    this.#leaving = true;
  }

  /** Ends `run` after this turn. */
  stop(): void {
    this.#stopped = true;
    this.#leaving = true;
  }

  readonly #stay = (): void => {
    try {
      if (this.#settled) this.#goRound();
      else this.#settle();
    } catch (error) {
      this.#stopped = true;
      this.#failed(error);
      return;
    }
    if (this.#stopped) this.#ended();
    else setImmediate(this.#stay);
  };

  /** One turn without waiting: libuv registers new watchers with its fd only when it polls, which it does after this. */
  #settle(): void {
    this.#leaving = false;
    const outcomes = this.#engine.turn(0);
    if (outcomes > 0) this.#stayMax = STAY_MS;
    this.#hooks.turned(outcomes);
    this.#settled = !this.#leaving;
  }

  /** The engine tells only of what is new, and libuv takes one client of a listening socket at a time. */
  #hasLibuvMore(): boolean {
    return this.#libuvFd !== undefined && pollNow(this.#libuvFd, POLLIN) > 0;
  }

  #goRound(): void {
    this.#settled = false;
    if (this.#hasLibuvMore()) return;
    if (this.#hooks.isTimed?.() === true) this.#stayMax = STAY_MS;
    const until = this.#engine.clock() + (this.watchesLibuv ? this.#stayMax : STAY_BLIND_MS);
    let happened = 0;
    while (!this.#leaving) {
      // Whole ms are small integers for V8, which allocate nothing.
      const left = Math.ceil(until - this.#engine.now);
      if (left <= 0) break;
      const outcomes = this.#engine.turn(Math.min(left, this.#hooks.mayWait()));
      happened += outcomes;
      this.#hooks.turned(outcomes);
      // A handler may have set a timer that is shorter than a long stay.
      if (happened > 0 && this.#stayMax > STAY_MS) break;
    }
    this.#stayMax = happened > 0 ? STAY_MS : Math.min(this.#stayMax * 2, IDLE_STAY_MS);
  }
}
