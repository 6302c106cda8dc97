// Runs an engine in a thread whose own event loop keeps working: libuv's backend fd is watched like any other fd, and
// the thread returns to libuv when that fires, when told to, and at the latest every STAY_MS (libuv's timers do not
// show on the fd). In between it goes round in the engine, which is what makes a turn cheap. A thread in which nothing
// happens stays longer and longer.
import * as libc from '../libc.js';
import type { Engine } from './engine.js';

/** The longest that libuv's timers may be late. */
const STAY_MS = 50;
/**
 * Where nothing happens in the engine the stay doubles up to this, since each return costs up to a millisecond of CPU
 * time: a timer is then late by no more than its own length.
 */
const IDLE_STAY_MS = 1000;
/** The same as STAY_MS where libuv's fd cannot be watched. */
const STAY_BLIND_MS = 1;

export interface LoopHooks {
  /** Called before each wait: how long it may last in ms, 0 for not at all. */
  mayWait(): number;
  /** Called after each turn, with the engine's handlers told of so many outcomes. */
  turned(outcomes: number): void;
}

export class Loop {
  readonly engine: Engine;
  /** False where this Node hides libuv's fd; the loop then wakes every millisecond. */
  readonly watchesLibuv: boolean;
  readonly #hooks: LoopHooks;
  #leaving = false;
  #stopped = false;
  /** Nothing has run in libuv since its watchers were last registered with its fd, so waiting in the engine is safe. */
  #settled = false;
  /** How long it may stay, in ms. */
  #stayMax = STAY_MS;
  #failed: (error: unknown) => void = () => {};
  #ended: () => void = () => {};

  constructor(engine: Engine, hooks: LoopHooks) {
    this.engine = engine;
    this.#hooks = hooks;
    const fd = libc.libuvBackendFd();
    this.watchesLibuv = fd !== undefined;
    if (fd !== undefined) engine.watch(fd, () => this.leave());
  }

  /** Settles after `stop()`; rejects with what a handler or a hook threw. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended = resolve;
      this.#failed = reject;
      setImmediate(this.#stay);
    });
  }

  /** Return to libuv after this turn: something there (a promise, a port, a timer) was used. */
  leave(): void {
    this.#leaving = true;
  }

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

  /** One turn without waiting; libuv then registers what its callbacks have just begun to watch. */
  #settle(): void {
    this.#leaving = false;
    const outcomes = this.engine.turn(0);
    if (outcomes > 0) this.#stayMax = STAY_MS;
    this.#hooks.turned(outcomes);
    this.#settled = !this.#leaving;
  }

  #goRound(): void {
    const until = this.engine.clock() + (this.watchesLibuv ? this.#stayMax : STAY_BLIND_MS);
    let happened = 0;
    while (!this.#leaving) {
      const left = until - this.engine.now;
      if (left <= 0) break;
      const outcomes = this.engine.turn(Math.min(left, this.#hooks.mayWait()));
      happened += outcomes;
      this.#hooks.turned(outcomes);
      // Whoever was told something may have set a timer that is not to wait for so long.
      if (happened > 0 && this.#stayMax > STAY_MS) break;
    }
    this.#stayMax = happened > 0 ? STAY_MS : Math.min(this.#stayMax * 2, IDLE_STAY_MS);
    this.#settled = false;
  }
}
