// Opens the engine that was asked for, or the best one that this kernel allows. `tryUring` is the trial that main makes
// once at start, before any actor uses io_uring: old kernels and containers' seccomp profiles refuse it in many ways.
import { packAddress } from '../addresses.js';
import { errorName } from '../error-name.js';
import type { Memory } from '../memory.js';
import { type Ownership, UNRECORDED } from '../ownership.js';
import { closeFd, listenOn, localEndpoint, openStream, sendBytes } from '../sockets.js';
import { BufferGroup } from './buffers.js';
import type { Engine } from './engine.js';
import { EpollEngine } from './epoll.js';
import { Handler, type Socket } from './socket.js';
import { UringEngine } from './uring.js';

/** An engine, for the calling thread only. */
export interface ChosenEngine {
  readonly engine: Engine;
  /** Why the engine is not io_uring, when `auto` was asked for; else undefined. */
  readonly why: string | undefined;
}

const TRIAL_TURNS = 50;
const TRIAL_TURN_MS = 20;
const LOOPBACK = new Uint8Array([127, 0, 0, 1]);

/** `code: 'unavailable'` when the kernel refuses the engine that was asked for. */
export function openEngine(
  choice: 'auto' | 'uring' | 'epoll',
  ownership: Ownership = UNRECORDED,
): ChosenEngine | { readonly code: 'unavailable'; readonly reason: string } {
  let why: string | undefined;
  if (choice !== 'epoll') {
    const engine = UringEngine.open(ownership);
    if (typeof engine !== 'number') return { engine, why: undefined };
    why = `the kernel refused io_uring with ${errorName(engine)}`;
    if (choice === 'uring') return { code: 'unavailable', reason: why };
  }
  const engine = EpollEngine.open(ownership);
  if (typeof engine === 'number') return { code: 'unavailable', reason: `epoll_create1 failed: ${errorName(engine)}` };
  return { engine, why };
}

/** `reason`: in words. */
export type UringTrial = typeof WORKS | { readonly code: 'fails'; readonly reason: string };

const WORKS = { code: 'works' } as const;
const fails = (reason: string): UringTrial => ({ code: 'fails', reason });

class EngineTrial extends Handler {
  received = 0;
  failure: string | undefined;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  override onAccept(_socket: Socket, result: number): void {
    if (result < 0) this.failure = `accept: ${errorName(result)}`;
    else this.#engine.receive(this.#engine.adopt(result, this), BufferGroup.small);
  }
  override onConnect(socket: Socket, result: number): void {
    if (result < 0) this.failure = `connect: ${errorName(result)}`;
    else sendBytes(socket.fd, LOOPBACK);
  }
  override onReceive(_socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result < 0) this.failure = `receive: ${errorName(result)}`;
    else if (memory.bytes[offset] === LOOPBACK[0]) this.received = result;
    else this.failure = 'receive: other bytes than were sent';
  }
}

/** Makes one loopback connection with a new io_uring engine. */
export function tryUring(): UringTrial {
  const engine = UringEngine.open();
  if (typeof engine === 'number') return fails(`the kernel refused io_uring with ${errorName(engine)}`);
  const trial = new EngineTrial(engine);
  const listening = listenOn(LOOPBACK, 0, 1, 0);
  const connecting = openStream(LOOPBACK.length);
  try {
    const local = listening < 0 ? listening : localEndpoint(listening);
    if (typeof local === 'number' || connecting < 0) {
      closeFd(listening);
      closeFd(connecting);
      return fails('no loopback socket to try it with');
    }
    engine.accept(engine.adopt(listening, trial));
    engine.connect(engine.adopt(connecting, trial), packAddress(LOOPBACK, local.port));
    for (let turn = 0; turn < TRIAL_TURNS && trial.received === 0 && trial.failure === undefined; turn += 1) {
      engine.turn(TRIAL_TURN_MS);
    }
    if (trial.failure !== undefined) return fails(`io_uring does not work here: ${trial.failure}`);
    return trial.received === 0 ? fails('io_uring does not work here: a trial connection got no data') : WORKS;
  } finally {
    engine.destroy();
  }
}
