// Accepts clients, and only as many as there is room for: further ones wait in the kernel's backlog. It decides when to
// accept; which actor gets a client is lanes.ts. It speaks to no client.
import { type Engine, Listener, type Socket } from '../linux/engine.js';
import {
  EAGAIN,
  ECANCELED,
  ECONNABORTED,
  EHOSTUNREACH,
  EINTR,
  ENETDOWN,
  ENETUNREACH,
  EPERM,
  EPROTO,
  errnoName,
} from '../linux/errno.js';
import { closeFd } from '../linux/sockets.js';
import type { RoomFlag } from '../threads/room.js';
import type { Lanes } from './lanes.js';
import type { Logger } from './log.js';

/** Errors of one client, not of accepting: accept(2) says to go on. (EPERM: a firewall's rule.) */
const OF_ONE_CLIENT = new Set([ECONNABORTED, EPROTO, EPERM, EAGAIN, EINTR, ENETDOWN, ENETUNREACH, EHOSTUNREACH]);
/** How long accepting rests when fds or memory have run out. */
const PAUSE_MS = 100;
/** Errors no further apart than this are one episode, and are said once. */
const EPISODE_MS = 10_000;
/** While all queues are full no actor says when one has room again: look this often. */
const FULL_QUEUES_MS = 5;
/** Clients that a cancelled accept had brought and that wait for room. The kernel gives no more at once. */
const HELD_MAX = 16_384;

export interface AcceptorParts {
  readonly engine: Engine;
  readonly lanes: Lanes;
  /** Raised while there is no room, so that an actor rings when a connection ends. */
  readonly room: RoomFlag;
  /** Of the listening socket: so many clients may come at once. */
  readonly backlog: number;
  readonly connections_max: number;
  readonly log: Logger;
}

export class Acceptor extends Listener {
  readonly #parts: AcceptorParts;
  readonly #socket: Socket;
  #accepting: 'no' | 'one' | 'many' = 'no';
  #cancelling = false;
  /** Fds that came although there was no room. */
  readonly #held: number[] = [];
  /** Connections that may be handed on in this turn. */
  #room = 0;
  #resumeAt = 0;
  #episodeEnds = 0;
  #stopped = false;

  /** Takes over `listening`. Its `turned` and `mayWait` belong to the engine's loop. */
  constructor(listening: number, parts: AcceptorParts) {
    super();
    this.#parts = parts;
    this.#socket = parts.engine.adopt(listening, this);
  }

  override onAccept(_socket: Socket, result: number): void {
    if (this.#accepting === 'one' || result < 0) {
      this.#accepting = 'no';
      this.#cancelling = false;
    }
    if (result >= 0) this.#came(result);
    else if (result !== -ECANCELED && !OF_ONE_CLIENT.has(-result)) this.#pause(result);
  }

  #came(fd: number): void {
    if (this.#room > 0 && this.#held.length === 0 && this.#parts.lanes.hand(fd)) this.#room -= 1;
    else if (this.#held.length < HELD_MAX) this.#held.push(fd);
    else closeFd(fd);
  }

  #pause(result: number): void {
    const { now } = this.#parts.engine;
    this.#resumeAt = now + PAUSE_MS;
    if (now >= this.#episodeEnds) {
      this.#parts.log.warn({ error: errnoName(result) }, 'accepting fails: trying again ten times a second');
    }
    this.#episodeEnds = now + EPISODE_MS;
  }

  /** Fds that an actor had not taken when it died. */
  takeBack(fds: readonly number[]): void {
    if (this.#stopped) for (const fd of fds) closeFd(fd);
    else this.#held.push(...fds);
  }

  /** Before each wait: for how many ms at most. */
  mayWait(): number {
    const { engine, lanes } = this.#parts;
    if (this.#stopped) return Number.POSITIVE_INFINITY;
    if (this.#resumeAt > engine.now) return this.#resumeAt - engine.now;
    return this.#room > 0 && lanes.room() === 0 ? FULL_QUEUES_MS : Number.POSITIVE_INFINITY;
  }

  /** After each turn. */
  turned(): void {
    if (this.#stopped) return;
    this.#place();
    if (this.#room <= 0) {
      this.#parts.room.raise();
      this.#place(); // a connection that ended just before the flag was up rings nobody
    }
    this.#parts.lanes.ring();
    this.#arrange();
  }

  /** Hands on what is held, as far as there is room. */
  #place(): void {
    const { lanes, connections_max } = this.#parts;
    this.#room = connections_max - lanes.live();
    let placed = 0;
    while (placed < this.#held.length && this.#room > 0 && lanes.hand(this.#held[placed])) {
      placed += 1;
      this.#room -= 1;
    }
    if (placed > 0) this.#held.splice(0, placed);
  }

  #arrange(): void {
    const { engine, lanes, backlog } = this.#parts;
    const room = this.#held.length > 0 || engine.now < this.#resumeAt ? 0 : Math.min(this.#room, lanes.room());
    if (this.#accepting === 'many' && room <= backlog && !this.#cancelling) {
      this.#cancelling = true;
      engine.cancelAccept(this.#socket);
    }
    if (this.#accepting !== 'no' || room <= 0) return;
    // Many may bring a whole backlog before it can be cancelled.
    this.#accepting = room > backlog ? 'many' : 'one';
    engine.accept(this.#socket, this.#accepting === 'many');
  }

  /** Stops listening. The clients that wait are refused, those handed on are not touched. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#parts.engine.close(this.#socket, 'graceful');
    for (const fd of this.#held.splice(0)) closeFd(fd);
  }
}
