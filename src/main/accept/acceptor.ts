// Accepts clients, and only as many as there is room for: further ones wait in the kernel's backlog. It decides when to
// accept; which actor gets a client is dispatcher.ts. It speaks to no client.
import type { Engine } from '../../linux/engine/engine.js';
import { Handler, type Socket } from '../../linux/engine/socket.js';
import {
  EAGAIN,
  ECONNABORTED,
  EHOSTUNREACH,
  EINTR,
  ENETDOWN,
  ENETUNREACH,
  EPERM,
  EPROTO,
  errnoName,
} from '../../linux/errno.js';
import { acceptFrom, closeFd } from '../../linux/sockets.js';
import { fdOf, handOff } from '../../threads/shared/hand-off.js';
import type { OwnerTable } from '../../threads/shared/owner-table.js';
import type { RoomFlag } from '../../threads/shared/room-flag.js';
import type { Notices } from '../process/notices.js';
import type { Dispatcher } from './dispatcher.js';
import type { ListeningSocket } from './listening-socket.js';

/** Errors of one client, not of accepting: accept(2) says to go on. (EPERM: a firewall's rule.) */
const OF_ONE_CLIENT = new Set([ECONNABORTED, EPROTO, EPERM, EAGAIN, EINTR, ENETDOWN, ENETUNREACH, EHOSTUNREACH]);
/** How long accepting rests when fds or memory have run out. */
const PAUSE_MS = 100;
/** The part of `connections_max` that must be free before the limit counts as left: at the limit one comes as one goes. */
const LEFT_PART = 1 / 20;
/** Clients taken in one look at the backlog. */
const BATCH = 256;
/**
 * With so many at once, more are coming: instead of waking for each, accepting leaves them to gather for so long. But only
 * while every actor has something to do: the first that has nothing rings (with io_uring).
 */
const MANY = 4;
const GATHER_MS = 1;
/** While all queues are full no actor says when one has room again: look this often. */
const FULL_QUEUES_MS = 5;
export interface AcceptorParts {
  readonly engine: Engine;
  readonly dispatcher: Dispatcher;
  readonly owners: OwnerTable;
  /** Raised while there is no room, so that an actor rings when a connection ends. */
  readonly room: RoomFlag;
  readonly connections_max: number;
  readonly notices: Notices;
}

/** A listening socket in the engine. */
interface Door {
  readonly listening: ListeningSocket;
  readonly socket: Socket;
  /** Whether an accept waits in the engine. */
  waits: boolean;
}

export class Acceptor extends Handler {
  readonly #parts: AcceptorParts;
  readonly #doors: readonly Door[];
  /** Doors for which an accept waits in the engine. */
  #waiting = 0;
  /** The door that is looked at first. */
  #first = 0;
  /** Until then, at the latest, the backlog is left to fill; 0 for not at all. */
  #gatherUntil = 0;
  /** Clients that came although there was no room, as they are handed off. */
  readonly #held: number[] = [];
  /** Connections that may be handed on in this turn. */
  #room = 0;
  #resumeAt = 0;
  /** Whether `connections_max` is reached, and since when. */
  #full = false;
  #fullSince = 0;
  #stopped = false;

  /** Takes over `listening`. Its `turned` and `mayWait` belong to the engine's loop. */
  constructor(listening: readonly ListeningSocket[], parts: AcceptorParts) {
    super();
    this.#parts = parts;
    this.#doors = listening.map((own) => ({ listening: own, socket: parts.engine.adopt(own.fd, this), waits: false }));
  }

  /** The first client after a lull; who came with it waits in the backlog. */
  override onAccept(socket: Socket, result: number): void {
    const door = this.#doors.find((one) => one.socket === socket) as Door;
    door.waits = false;
    this.#waiting -= 1;
    if (this.#takes(door, result)) this.#look(1);
  }

  /** Empties the backlogs as far as there is room. `taken`: clients that this look has brought already. */
  #look(taken: number): void {
    const { engine, dispatcher } = this.#parts;
    const most = Math.min(BATCH, this.#room, dispatcher.room());
    let count = taken;
    for (let i = 0; i < this.#doors.length; i += 1) {
      const door = this.#doors[(this.#first + i) % this.#doors.length];
      while (count < most && this.#takes(door, acceptFrom(door.socket.fd))) count += 1;
    }
    // None is always behind the others when there is no room for all.
    this.#first = (this.#first + 1) % this.#doors.length;
    this.#gatherUntil = count >= MANY && dispatcher.rest() ? engine.now + GATHER_MS : 0;
  }

  /** Whether the backlog is to be left to fill. */
  #gathers(now: number): boolean {
    if (this.#gatherUntil === 0) return false;
    if (now < this.#gatherUntil && this.#parts.dispatcher.areBusy) return true;
    this.#parts.dispatcher.rouse();
    return false;
  }

  /** Whether accepting may go on at once. */
  #takes({ listening }: Door, result: number): boolean {
    if (result === -EAGAIN) return false;
    if (result >= 0) {
      // The actor that had this number before may not have said yet that it has closed it, and may die.
      this.#parts.owners.clear(result);
      const client = handOff(result, listening.listener.number);
      if (this.#room > 0 && this.#held.length === 0 && this.#parts.dispatcher.hand(client)) this.#room -= 1;
      else this.#held.push(client);
      listening.accepted += 1;
      return true;
    }
    if (OF_ONE_CLIENT.has(-result)) return true;
    this.#pause(result);
    return false;
  }

  #pause(result: number): void {
    const { now } = this.#parts.engine;
    this.#resumeAt = now + PAUSE_MS;
    const message = 'accepting fails: trying again ten times a second';
    this.#parts.notices.tell({ topic: 'accepting', level: 'warn', message, fields: { error: errnoName(result) } });
  }

  /** Clients that an actor had not taken when it died. */
  takeBack(clients: readonly number[]): void {
    if (this.#stopped) for (const client of clients) closeFd(fdOf(client));
    else this.#held.push(...clients);
  }

  /** Before each wait: for how many ms at most. */
  mayWait(): number {
    const { engine, dispatcher } = this.#parts;
    if (this.#stopped) return Number.POSITIVE_INFINITY;
    if (this.#resumeAt > engine.now) return this.#resumeAt - engine.now;
    if (this.#gatherUntil > engine.now) return this.#gatherUntil - engine.now;
    return this.#room > 0 && dispatcher.room() === 0 ? FULL_QUEUES_MS : Number.POSITIVE_INFINITY;
  }

  /** After each turn. */
  turned(): void {
    if (this.#stopped) return;
    this.#place();
    if (this.#room <= 0) {
      this.#parts.room.raise();
      this.#place(); // a connection that ended just before the flag was up rings nobody
    }
    if (this.#full ? this.#room >= this.#leftRoom : this.#room <= 0) this.#tellFull();
    this.#arrange();
    this.#parts.dispatcher.ring();
  }

  get #leftRoom(): number {
    return Math.max(1, Math.floor(this.#parts.connections_max * LEFT_PART));
  }

  /** How many clients wait in the backlog the kernel does not say. */
  #tellFull(): void {
    const { notices, connections_max, engine } = this.#parts;
    this.#full = !this.#full;
    if (this.#full) {
      this.#fullSince = engine.now;
      const message = 'connections_max is reached: further clients wait in the backlog of the kernel';
      notices.tell({ topic: 'connections_max', good: false, level: 'warn', message, fields: { connections_max } });
    } else {
      const fields = { connections_max, full_s: Math.round((engine.now - this.#fullSince) / 1000) };
      const message = 'below connections_max again: clients are accepted as they come';
      notices.tell({ topic: 'connections_max', good: true, level: 'info', message, fields });
    }
  }

  /** Hands on what is held, as far as there is room. */
  #place(): void {
    const { dispatcher, connections_max } = this.#parts;
    this.#room = connections_max - dispatcher.live();
    let placed = 0;
    while (placed < this.#held.length && this.#room > 0 && dispatcher.hand(this.#held[placed])) {
      placed += 1;
      this.#room -= 1;
    }
    if (placed > 0) this.#held.splice(0, placed);
  }

  #arrange(): void {
    const { engine, dispatcher } = this.#parts;
    const { now } = engine;
    const isFull = this.#held.length > 0 || Math.min(this.#room, dispatcher.room()) <= 0;
    if (this.#waiting === this.#doors.length || isFull || now < this.#resumeAt || this.#gathers(now)) return;
    if (this.#gatherUntil > 0) this.#look(0);
    if (this.#gatherUntil > 0 || now < this.#resumeAt) return;
    for (const door of this.#doors) {
      if (door.waits) continue;
      door.waits = true;
      this.#waiting += 1;
      engine.accept(door.socket, false);
    }
  }

  /** Stops listening. The clients that wait are refused, those handed on are not touched. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { socket } of this.#doors) this.#parts.engine.close(socket, 'graceful');
    for (const client of this.#held.splice(0)) closeFd(fdOf(client));
  }
}
