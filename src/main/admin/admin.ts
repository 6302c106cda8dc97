// Where the gateway is looked at, while the configuration asks for that: the listening socket, and the actor that serves there. A
// dead actor is started again, and finds the same socket.
import type { ListenPlace } from '../../protocol/listen-options.js';
import type { AdminControl } from '../../threads/contracts/admin/control.js';
import type { ActorStatus } from '../../threads/contracts/admin/status.js';
import { within } from '../../threads/within.js';
import { isSame, type LeftListener } from '../accept/left.js';
import type { ActorHost } from '../actors/host.js';
import { type Prepared, UNCHANGED } from '../process/change.js';
import { DONE, type Done } from '../process/done.js';
import type { Logger } from '../process/log.js';
import { AdminSocket } from './socket.js';

/** How long answers that are under way may take when the place changes. */
const LEAVE_MS = 5000;
const STOP_MS = 1000;

export interface AdminParts {
  /** False: it is nowhere, whatever the configuration says. */
  readonly isWanted: boolean;
  readonly log: Logger;
  /** A host that was not started yet. `fd`: of the listening socket; undefined while another process serves there. */
  readonly host: (fd: () => number | undefined) => ActorHost<AdminControl>;
}

export class Admin {
  readonly #parts: AdminParts;
  #socket: AdminSocket | undefined;
  #host: ActorHost<AdminControl> | undefined;
  /** Another process still serves at the place. Two would give two answers to the same question. */
  #isHeld = false;

  constructor(parts: AdminParts) {
    this.#parts = parts;
  }

  /** Opens the place, if there is one, and serves there. `left`: what the process has left whose place this one takes. */
  async start(asked: ListenPlace | null, left: LeftListener | undefined): Promise<Done> {
    const place = this.#parts.isWanted ? asked : null;
    this.#socket = AdminSocket.inherit(place, left);
    if (place === null) return DONE;
    this.#isHeld = this.#socket !== undefined;
    if (this.#socket === undefined) {
      const opened = AdminSocket.open(place);
      if (opened.code === 'failed') return opened;
      this.#socket = opened.socket;
    }
    const begun = await this.#begin();
    if (begun.code === 'done') this.#say();
    return begun;
  }

  #say(): void {
    if (this.#socket !== undefined) this.#parts.log.info(`admin: serving at ${this.#socket.title}`);
  }

  async #begin(): Promise<Done> {
    this.#host = this.#parts.host(() => (this.#isHeld ? undefined : this.#socket?.fd));
    return this.#host.start();
  }

  /** Opens another place beside the one that there is, and serves at it when the change is made. */
  async prepare(asked: ListenPlace | null): Promise<Prepared> {
    const place = this.#parts.isWanted ? asked : null;
    const before = this.#socket;
    if (place === null) {
      return before === undefined ? UNCHANGED : { code: 'prepared', change: { make: () => this.#end(), drop() {} } };
    }
    if (before !== undefined && isSame(before.place, place)) return UNCHANGED;
    const opened = AdminSocket.open(place);
    if (opened.code === 'failed') return opened;
    const make = async (): Promise<void> => {
      this.#socket = opened.socket;
      if (this.#host === undefined) await this.#begin();
      else if (this.#host.control !== undefined) await within(LEAVE_MS, this.#host.control.listen(opened.socket.fd));
      before?.close();
      this.#say();
    };
    return { code: 'prepared', change: { make, drop: () => opened.socket.close() } };
  }

  /** Empty where there is no actor. */
  get status(): readonly ActorStatus[] {
    return this.#host === undefined ? [] : [this.#host.status];
  }

  /** What another process needs to serve in the place of this one. */
  get left(): LeftListener | undefined {
    return this.#socket?.left;
  }

  /** The process that has left its place accepts no more: clients that have come meanwhile wait in the socket's backlog. */
  takeOver(): void {
    this.#isHeld = false;
    const socket = this.#socket;
    socket?.own();
    if (socket !== undefined) void this.#host?.control?.listen(socket.fd).catch(() => {});
  }

  /** Another process serves: resolves when what is under way has been answered. */
  async giveAway(): Promise<void> {
    const control = this.#host?.control;
    if (control !== undefined) await within(LEAVE_MS, control.leave());
    await this.#end(true);
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    await this.#end();
  }

  async #end(isOthers = false): Promise<void> {
    const [host, socket] = [this.#host, this.#socket];
    this.#host = undefined;
    this.#socket = undefined;
    await host?.stop(STOP_MS);
    await host?.destroy();
    socket?.close(isOthers);
  }

  /** The process ends at once. */
  remove(): void {
    this.#socket?.remove();
  }
}
