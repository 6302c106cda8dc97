// The listening sockets in the engine: at which of them it waits for a client, and which are being given up. It accepts nobody.
import type { Engine } from '../../linux/engine/engine.js';
import type { Handler, Socket } from '../../linux/engine/socket.js';
import { dropSyns } from '../../linux/syn-filter.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { Admission } from './admission.js';
import type { ListeningSocket } from './listening-socket.js';

/** More clients than a backlog holds: somaxconn is 4096 by default. */
const BACKLOG_MOST = 65_536;

const NONE: readonly Door[] = [];

/** What becomes of the clients in the backlog of a door that is given up: they are served, or left to another process. */
export type Backlog = 'served' | 'left';

export interface Door {
  readonly listening: ListeningSocket;
  readonly socket: Socket;
  admission: Admission;
  /** Whether an accept waits in the engine. */
  waits: boolean;
  /** While it is given up: how many clients are taken of its backlog at most. Undefined before that. */
  left: number | undefined;
}

export type DoorsEngine = Pick<Engine, 'size' | 'adopt' | 'accept' | 'stopAccept' | 'close'>;

export class Doors {
  readonly #engine: DoorsEngine;
  readonly #handler: Handler;
  #all: Door[] = [];
  /** How many of them an accept waits for in the engine. */
  #waiting = 0;
  #leaving = 0;
  /** The door with which the next look begins. */
  #first = 0;

  /** `engine`: with no other sockets. `handler`: of all doors. */
  constructor(engine: DoorsEngine, handler: Handler) {
    this.#engine = engine;
    this.#handler = handler;
  }

  /** Takes over their fds. */
  open(listening: readonly ListeningSocket[]): void {
    for (const own of listening) {
      const socket = this.#engine.adopt(own.fd, this.#handler);
      this.#all.push({ listening: own, socket, admission: new Admission(own.listener), waits: false, left: undefined });
    }
  }

  get all(): readonly Door[] {
    return this.#all;
  }

  /** The door of a socket at which the wait is over. */
  heard(socket: Socket): Door {
    const door = this.#all.find((one) => one.socket === socket) as Door;
    door.waits = false;
    this.#waiting -= 1;
    return door;
  }

  get count(): number {
    return this.#all.length;
  }

  /** The doors one after another, from `i` = 0. Each is the first in its turn, so that none always finds the room used up. */
  inTurn(i: number): Door {
    return this.#all[(this.#first + i) % this.#all.length];
  }

  nextFirst(): void {
    this.#first += 1;
  }

  /** Whether the engine waits at every door. */
  get areWaiting(): boolean {
    return this.#waiting === this.#all.length;
  }

  /** Lets the engine wait for the next client at every door that is open. */
  wait(): void {
    for (const door of this.#all) {
      if (door.waits || door.left !== undefined) continue;
      door.waits = true;
      this.#waiting += 1;
      this.#engine.accept(door.socket);
    }
  }

  /** Other settings of the same listeners. */
  setListeners(listeners: readonly Listener[]): void {
    for (const door of this.#all) {
      const listener = listeners.find(({ number }) => number === door.listening.listener.number);
      if (listener === undefined) continue;
      door.listening.listener = listener;
      door.admission = new Admission(listener);
    }
  }

  /** Begins to give doors up. */
  leave(listening: readonly ListeningSocket[], backlog: Backlog): void {
    for (const door of this.#all) {
      if (door.left !== undefined || !listening.includes(door.listening)) continue;
      door.left = backlog === 'served' ? BACKLOG_MOST : 0;
      this.#leaving += 1;
      const { file, isPassed } = door.listening;
      // Where the kernel does not allow it, a client that comes just before the close is lost. One that is passed stays open.
      if (backlog === 'served' && file === undefined && !isPassed) dropSyns(door.socket.fd);
      if (door.waits) this.#engine.stopAccept(door.socket);
    }
  }

  /** Doors that are being given up and at which nothing waits any more. */
  get leaving(): readonly Door[] {
    return this.#leaving === 0 ? NONE : this.#all.filter(({ left, waits }) => left !== undefined && !waits);
  }

  /** Closes a door at which nothing waits. */
  close(door: Door): void {
    this.#all = this.#all.filter((one) => one !== door);
    this.#leaving -= 1;
    this.#engine.close(door.socket, 'graceful');
  }

  /** Whether all that were given up are closed. */
  get areSettled(): boolean {
    return this.#leaving === 0 && this.#engine.size === this.#all.length;
  }
}
