// Keeps one actor alive: starts it, watches for signs of life, ends it when it is stuck, and starts it again after a wait.
// What differs between kinds of actors is in their roles (role.ts).
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ActorStatus } from '../../threads/contracts/admin/status.js';
import { call, type Remote } from '../../threads/port.js';
import type { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import { within } from '../../threads/within.js';
import { DONE, type Done, failed } from '../process/done.js';
import type { Logger } from '../process/log.js';
import { answers } from './answers.js';
import { BackOff } from './back-off.js';
import type { ActorPool, ActorTask, TaskEnd } from './pool.js';
import type { Role } from './role.js';
import type { StartGate } from './start-gate.js';

/**
 * Deadline of one start (thread, modules, engine), counted from the actor's turn at the start gate. A start takes a second
 * of CPU time, so that a container with a twentieth of a core still starts.
 */
const START_TIMEOUT_MS = 120_000;
/** How often an actor must show a sign of life. */
const CHECK_MS = 2500;
/** Checks in a row without a sign of life after which an actor is stuck. A suspended machine makes no checks. */
const STUCK_CHECKS = 2;
/** How much longer than its `timeout_ms` an actor may take to end. */
const STOP_GRACE_MS = 2000;

interface Living<Control> {
  readonly task: ActorTask;
  readonly port: MessagePort;
  readonly control: Remote<Control>;
  readonly since: number;
}

/** What one start came to. `why`: a sentence for the operator. */
type Start<Control> =
  | { readonly code: 'serves'; readonly living: Living<Control> }
  | { readonly code: 'died'; readonly why: string };

const READY = { code: 'ready' } as const;

export interface HostParts {
  readonly gate: StartGate;
  readonly log: Logger;
  readonly counts: Pick<GatewayCounts, 'died' | 'late'>;
  readonly check_ms?: number | undefined;
}

export class ActorHost<Control> {
  readonly #role: Role<Control>;
  readonly #pool: ActorPool;
  readonly #gate: StartGate;
  readonly #log: Logger;
  readonly #counts: HostParts['counts'];
  readonly #check_ms: number;
  readonly #backOff = new BackOff();
  #living: Living<Control> | undefined;
  /** That of the last `hasTurned`. */
  #beat = -1;
  #kept: Promise<void> = Promise.resolve();
  #stopping = false;
  /** The task that `stop` has asked to end. */
  #asked: ActorTask | undefined;
  #deaths = 0;
  #lastDeath: ActorStatus['last_death'] = null;
  #wake: () => void = () => {};

  constructor(role: Role<Control>, pool: ActorPool, { gate, log, counts, check_ms = CHECK_MS }: HostParts) {
    this.#role = role;
    this.#pool = pool;
    this.#gate = gate;
    this.#log = log;
    this.#counts = counts;
    this.#check_ms = check_ms;
  }

  /** The contract of the running actor; undefined while there is none. */
  get control(): Remote<Control> | undefined {
    return this.#living?.control;
  }

  /** Resolves once the actor serves, and then keeps it alive; else with a sentence that says why it does not. */
  async start(): Promise<Done> {
    const first = await this.#gate.pass(() => this.#bringUp());
    if (first === undefined) return failed(`${this.#role.name} was not started`);
    if (first.code === 'died') return failed(`${this.#role.name} does not start: ${first.why}`);
    await this.#role.serving(first.living.control);
    this.#kept = this.#keep(first.living);
    return DONE;
  }

  /** The actor's name in the log. */
  get name(): string {
    return this.#role.name;
  }

  get status(): ActorStatus {
    const is_serving = this.#living !== undefined;
    return { name: this.name, is_serving, deaths: this.#deaths, last_death: this.#lastDeath };
  }

  /**
   * Resolves with whether the actor has made a turn since the last call. One that rests is asked, and has `timeout_ms` to answer;
   * one that has died makes none; one that is to end need not.
   */
  async hasTurned(timeout_ms: number): Promise<boolean> {
    if (this.#stopping) return true;
    const before = this.#beat;
    this.#beat = this.#role.beat();
    if (this.#living === undefined) return false;
    if (this.#beat !== before) return true;
    const asked = await within(timeout_ms, answers(this.#living.control));
    return asked.code === 'answered' || this.#stopping;
  }

  async #bringUp(): Promise<Start<Control>> {
    const { port1: port, port2 } = new MessageChannel();
    const { start, ports } = this.#role.begin(port2);
    const task = this.#pool.run(start, ports);
    const control = call<Control>(port);
    const ready = this.#role.ready(control).then(() => READY);
    const first = await within(START_TIMEOUT_MS, Promise.race([ready, task.ended]));
    if (first.code === 'answered' && first.value === READY) {
      const living = { task, port, control, since: performance.now() };
      this.#living = living;
      return { code: 'serves', living };
    }
    if (first.code === 'failed') task.kill(first.reason);
    if (first.code === 'late') task.kill(`not ready within ${START_TIMEOUT_MS} ms`);
    const end = await task.ended;
    port.close();
    this.#role.gone();
    return { code: 'died', why: whyOf(end) };
  }

  async #keep(first: Living<Control>): Promise<void> {
    let living: Living<Control> | undefined = first;
    while (living !== undefined) {
      // `stop` was called while the actor was starting: it has done nothing yet. One that `stop` has asked ends by itself: killed
      // while it closes its engine, its thread would leave a ring that is in no table any more.
      if (this.#stopping && living !== first && living.task !== this.#asked) living.task.kill('the gateway stops');
      const end = await this.#watch(living);
      this.#living = undefined;
      living.port.close();
      this.#role.gone();
      if (this.#stopping) return;
      living = await this.#again(whyOf(end), performance.now() - living.since);
      // One that is to end again serves nobody: another one may have its place.
      if (living !== undefined && !this.#stopping) await this.#role.serving(living.control);
    }
  }

  async #watch({ task, control }: Living<Control>): Promise<TaskEnd> {
    let silent = 0;
    const checks = setInterval(() => {
      silent += 1;
      const late_ms = this.#role.late?.();
      if (late_ms !== undefined) this.#counts.late(this.#role.kind, late_ms);
      if (silent > STUCK_CHECKS) task.kill(`no turn for ${(STUCK_CHECKS * this.#check_ms) / 1000} s`);
      else
        void this.#role.turns(control).then(
          (turned) => (silent = turned ? 0 : silent),
          () => {},
        );
    }, this.#check_ms);
    const end = await task.ended;
    clearInterval(checks);
    return end;
  }

  /** Starts the actor again and again until it serves; undefined when `stop` was called. */
  async #again(why: string, served_ms: number): Promise<Living<Control> | undefined> {
    let wait_ms = this.#backOff.after(served_ms);
    let reason = why;
    while (!this.#stopping) {
      this.#counts.died(this.#role.kind);
      this.#deaths += 1;
      this.#lastDeath = { at: new Date().toISOString(), why: reason };
      this.#log.error({ actor: this.#role.name, why: reason, restart_ms: wait_ms }, 'actor died, starting it again');
      await this.#sleep(wait_ms);
      if (this.#stopping) break;
      const start = await this.#gate.pass(() => this.#bringUp());
      if (start?.code !== 'died') return start?.living;
      reason = start.why;
      wait_ms = this.#backOff.after(0);
    }
    return undefined;
  }

  #sleep(wait_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait_ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Asks the actor to end within `timeout_ms`, and ends its thread when it does not. Resolves when the actor has ended. */
  async stop(timeout_ms: number): Promise<void> {
    this.#stopping = true;
    this.#wake();
    if (this.#living !== undefined) {
      const { control, task } = this.#living;
      this.#asked = task;
      this.#role.stop(control, timeout_ms).catch(() => {});
      const ended = await within(timeout_ms + STOP_GRACE_MS, task.ended);
      if (ended.code === 'late') {
        this.#log.warn({ actor: this.#role.name }, 'actor did not end in time');
        task.kill('it did not end in time');
      }
    }
    await this.#kept;
  }

  /** Ends its thread, after `stop` or a start that has failed. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}

function whyOf(end: TaskEnd): string {
  return end.code === 'died' ? end.why : 'it ended unasked';
}
