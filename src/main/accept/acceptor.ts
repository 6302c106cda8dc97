// Accepts clients, but no more than there is room for: further clients wait in the kernel's backlog. It decides when to
// accept; which actor gets a client is decided by dispatcher.ts. It exchanges no bytes with a client.
import { lendIp } from '../../linux/addresses.js';
import type { Engine } from '../../linux/engine/engine.js';
import { Handler, type Socket } from '../../linux/engine/socket.js';
import { errorName } from '../../linux/error-name.js';
import { isError, wasCanceled, wouldBlock } from '../../linux/result.js';
import { acceptedPeer, acceptWithPeer, closeFd, isOfOneClient, packedPeer } from '../../linux/sockets.js';
import { UNIX_CLIENT } from '../../linux/unix-sockets.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import { turnedAway } from '../../protocol/notices/turned-away.js';
import type { ClientAddresses } from '../../threads/shared/client-addresses.js';
import type { ClientLimits, Reason } from '../../threads/shared/client-limits.js';
import type { Arrival, GatewayCounts } from '../../threads/shared/gateway-counts.js';
import { fdOf, handOff, listenerOf } from '../../threads/shared/hand-off.js';
import type { OwnerTable } from '../../threads/shared/owner-table.js';
import type { RoomFlag } from '../../threads/shared/room-flag.js';
import type { Notices } from '../process/notices.js';
import type { Admission } from './admission.js';
import { addressOf } from './client-address.js';
import type { Dispatcher } from './dispatcher.js';
import { type Door, Doors, type DoorsEngine } from './doors.js';
import { Fullness } from './fullness.js';
import { Gathering } from './gathering.js';
import { Leaves } from './leaves.js';
import { letGo } from './listen.js';
import type { ListeningSocket } from './listening-socket.js';
import { removeFile } from './socket-file.js';

/** How long accepting pauses when fds or memory have run out. */
const PAUSE_MS = 100;
/** Clients accepted in one look at the backlog. */
const BATCH = 256;
/** How often to look while all queues are full, since no actor reports that its queue has room again. */
const FULL_QUEUES_MS = 5;
export interface AcceptorParts {
  readonly engine: DoorsEngine & Pick<Engine, 'now'>;
  readonly dispatcher: Dispatcher;
  readonly owners: OwnerTable;
  readonly clients: ClientAddresses;
  /** Raised while there is no room, so that an actor rings when a connection ends. */
  readonly room: RoomFlag;
  readonly connections_max: number;
  readonly counts: Pick<GatewayCounts, 'arrived'>;
  readonly notices: Notices;
  readonly limits: ClientLimits;
  /** Hears after each turn how much room there is, and how many clients are accepted and wait nevertheless. */
  readonly pressure?: { turned(room: number, isFailing: boolean, held: number): void };
  /** Called when what the acceptor had promised has come: the thread is to look after its promises. */
  readonly kept: () => void;
}

export class Acceptor extends Handler {
  readonly #parts: AcceptorParts;
  readonly #doors: Doors;
  readonly #leaves = new Leaves();
  readonly #gathering: Gathering;
  /** Accepted clients that no actor had room for, as `handOff` numbers. */
  readonly #held: number[] = [];
  /** Connections that may still be handed to actors in this turn. */
  #room = 0;
  #resumeAt = Number.NEGATIVE_INFINITY;
  readonly #fullness: Fullness;
  #connections_max: number;
  #mustLook = false;
  #stopped = false;

  /** Takes over the fds of `listening`. `turned` and `mayWait` are to be called by the engine's loop. */
  constructor(listening: readonly ListeningSocket[], parts: AcceptorParts) {
    super();
    this.#parts = parts;
    this.#gathering = new Gathering(parts.dispatcher);
    this.#connections_max = parts.connections_max;
    this.#fullness = new Fullness(parts.connections_max, parts.notices);
    this.#doors = new Doors(parts.engine, this);
    this.#doors.open(listening);
  }

  /** The first client after a pause; further clients may wait in the backlog. */
  override onAccept(socket: Socket, result: number): void {
    const door = this.#doors.heard(socket);
    if (wasCanceled(result)) return;
    // The engine accepts one client for each wait, and says nothing of its address.
    const asks = !isError(result) && door.listening.file === undefined;
    const taken = this.#takes(door, result, asks ? packedPeer(result) : undefined);
    if (taken && door.left === undefined) this.#look(1);
  }

  /** Empties the backlogs as far as there is room. `taken`: clients that this look has accepted already. */
  #look(taken: number): void {
    const { engine, dispatcher } = this.#parts;
    const most = Math.min(BATCH, this.#room, dispatcher.room());
    let count = taken;
    for (let i = 0; i < this.#doors.count; i += 1) {
      const door = this.#doors.inTurn(i);
      if (door.left !== undefined) continue;
      while (count < most && this.#takes(door, acceptWithPeer(door.socket.fd), acceptedPeer)) count += 1;
    }
    this.#mustLook = this.#mustLook && count >= most;
    this.#doors.nextFirst();
    this.#gathering.looked(count, engine.now);
  }

  /** Handles the result of one accept; `peer` is the client's address. Returns whether to accept the next client at once. */
  #takes(door: Door, result: number, peer: Uint32Array | undefined): boolean {
    const { listening, admission } = door;
    if (wouldBlock(result)) return false;
    if (!isError(result)) {
      // An actor that closed the same fd number before may die without having cleared its entry.
      this.#parts.owners.clear(result);
      const address = addressOf(listening, peer);
      if (!admission.admits(address)) {
        closeFd(result);
        this.#turnedAway(listening, 'refused', address, 'allow_clients has no network for it');
        return true;
      }
      this.#parts.clients.write(result, listening.file === undefined ? peer : UNIX_CLIENT);
      const reason = this.#excessOf(admission, result, address);
      if (reason !== undefined) {
        this.#turnedAway(listening, 'limited', address, this.#parts.limits.why[reason]);
        this.#refuse(door, result, reason, address);
        return true;
      }
      const client = handOff(result, listening.listener.number);
      if (!this.#hand(client)) this.#held.push(client);
      this.#parts.counts.arrived(listening.listener.number, 'accepted');
      return true;
    }
    if (isOfOneClient(result)) return true;
    this.#pause(result);
    return false;
  }

  #excessOf(admission: Admission, fd: number, address: Uint8Array | undefined): Reason | undefined {
    const { limits } = this.#parts;
    if (!limits.areCounted) return undefined;
    const ip = address === undefined ? undefined : lendIp(address);
    return admission.isProxy(address) ? limits.admitProxy(fd, ip, this.#room) : limits.admit(fd, ip, this.#room);
  }

  /** Hands a client to an actor now; false if that cannot be. */
  #hand(client: number): boolean {
    if (this.#room <= 0 || this.#held.length > 0 || !this.#parts.dispatcher.hand(client)) return false;
    this.#room -= 1;
    return true;
  }

  /** A client over a limit gets an actor's answer in its own protocol, or, where too many have that, none. */
  #refuse({ listening, admission }: Door, fd: number, reason: Reason, address: Uint8Array | undefined): void {
    const { limits } = this.#parts;
    const isAnswered = !admission.isProxy(address) && limits.refuses(fd, reason, this.#room);
    if (isAnswered && this.#hand(handOff(fd, listening.listener.number))) return;
    limits.withdraw(fd);
    closeFd(fd);
  }

  #turnedAway({ listener }: ListeningSocket, what: Arrival, ip: Uint8Array | undefined, why: string): void {
    this.#parts.counts.arrived(listener.number, what);
    // One without an address has gone.
    if (ip !== undefined) this.#parts.notices.tell(turnedAway(why, lendIp(ip), listener.name));
  }

  #pause(result: number): void {
    const { now } = this.#parts.engine;
    this.#resumeAt = now + PAUSE_MS;
    const message = 'accepting fails: trying again ten times a second';
    this.#parts.notices.tell({ topic: 'accepting', level: 'warn', message, fields: { error: errorName(result) } });
  }

  /** Other settings of the same listeners, for all later clients. */
  setListeners(listeners: readonly Listener[]): void {
    this.#doors.setListeners(listeners);
  }

  /** Takes further listening sockets over: their clients are accepted from now on. */
  open(listening: readonly ListeningSocket[]): void {
    if (this.#stopped) letGo(listening);
    else this.#doors.open(listening);
  }

  /** The numbers of the listeners of clients that are held. */
  heldListeners(): readonly number[] {
    return this.#held.map(listenerOf);
  }

  /**
   * Gives listening sockets up for good, and removes the files of Unix sockets. Clients in their backlogs are accepted as far
   * as there is room. Resolves once the sockets are closed.
   */
  close(listening: readonly ListeningSocket[]): Promise<void> {
    for (const { file } of listening) if (file !== undefined) removeFile(file);
    this.#doors.leave(listening, 'served');
    return this.#stopped ? Promise.resolve() : this.#leaves.end(false);
  }

  /**
   * Accepts no more clients, for another process that has copies of the listening sockets and goes on: backlogs and the files
   * of Unix sockets are left to it. Clients that are accepted are still handed to actors, as there is room. Resolves once all
   * listening sockets of this process are closed and no client is held.
   */
  leave(): Promise<void> {
    const all = this.#doors.all.map(({ listening }) => listening);
    this.#doors.leave(all, 'left');
    return this.#stopped ? Promise.resolve() : this.#leaves.end(true);
  }

  /**
   * Looks at every backlog once, though the engine waits there: of two processes that wait at one socket the kernel wakes one, and
   * that may be one that takes no client any more.
   */
  lookAgain(): void {
    this.#mustLook = true;
  }

  /** Takes over the clients that a dead actor had left in its queue, as `handOff` numbers. */
  takeBack(clients: readonly number[]): void {
    if (this.#stopped) for (const client of clients) closeFd(fdOf(client));
    else this.#held.push(...clients);
  }

  /** Called before each wait: how long it may last, in ms. */
  mayWait(): number {
    const { engine, dispatcher } = this.#parts;
    if (this.#stopped) return Number.POSITIVE_INFINITY;
    if (!this.#doors.areSettled) return 0;
    if (this.#resumeAt > engine.now) return this.#resumeAt - engine.now;
    if (this.#gathering.left(engine.now) > 0) return this.#gathering.left(engine.now);
    return this.#room > 0 && dispatcher.room() === 0 ? FULL_QUEUES_MS : Number.POSITIVE_INFINITY;
  }

  /** Called after each turn. */
  turned(): void {
    if (this.#stopped) return;
    this.#place();
    if (this.#room <= 0) {
      this.#parts.room.raise();
      this.#place(); // a connection that ended just before the flag was raised has not rung main
    }
    this.#fullness.turned(this.#room, this.#parts.engine.now);
    this.#parts.limits.turned(this.#room);
    this.#parts.pressure?.turned(this.#room, this.#resumeAt + PAUSE_MS > this.#parts.engine.now, this.#held.length);
    for (const door of this.#doors.leaving) this.#serveLast(door);
    this.#arrange();
    this.#parts.dispatcher.ring();
    if (this.#leaves.areAwaited && this.#doors.areSettled && this.#leaves.closed(this.#held.length)) this.#parts.kept();
  }

  /** Another number of connections. Where more are live, none is accepted until there is room again. */
  setConnectionsMax(connections_max: number): void {
    this.#connections_max = connections_max;
    this.#fullness.setMax(connections_max);
  }

  /** Hands held clients to actors as far as there is room. */
  #place(): void {
    const { dispatcher } = this.#parts;
    this.#room = this.#connections_max - dispatcher.live();
    let placed = 0;
    while (placed < this.#held.length && this.#room > 0 && dispatcher.hand(this.#held[placed])) {
      placed += 1;
      this.#room -= 1;
    }
    if (placed > 0) this.#held.splice(0, placed);
  }

  /** Takes of the backlog of a door that is given up what there is room for, and closes the door behind them. */
  #serveLast(door: Door): void {
    // Those that are held have room, but no actor had.
    const most = Math.min(BATCH, door.left ?? 0, this.#room - this.#held.length);
    let count = 0;
    while (count < most && this.#takes(door, acceptWithPeer(door.socket.fd), acceptedPeer)) count += 1;
    if (count < BATCH) this.#doors.close(door);
    else door.left = (door.left ?? 0) - count;
  }

  /** Lets the engine wait for the next client at every door, unless there is no room or clients are to gather. */
  #arrange(): void {
    const { engine, dispatcher } = this.#parts;
    const { now } = engine;
    const isFull = this.#held.length > 0 || Math.min(this.#room, dispatcher.room()) <= 0;
    if (isFull || now < this.#resumeAt) return;
    if (!this.#mustLook && (this.#doors.areWaiting || this.#gathering.goesOn(now))) return;
    if (this.#gathering.isOn || this.#mustLook) this.#look(0);
    if (this.#gathering.isOn || now < this.#resumeAt) return;
    this.#doors.wait();
  }

  /** Stops listening. Clients that no actor has got are refused; the others are not touched. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const { socket, listening, left } of this.#doors.all) {
      this.#parts.engine.close(socket, 'graceful');
      // The file of a door that is being given up has gone, or is another process's.
      if (left === undefined && listening.file !== undefined) removeFile(listening.file);
    }
    for (const client of this.#held.splice(0)) closeFd(fdOf(client));
    this.#leaves.closed(0);
  }
}
