// The clients of one kind: how they connect, which of them must make progress, and what came of them.
import type { Engine } from '../../../src/linux/engine/engine.js';
import type { Handler, Socket } from '../../../src/linux/engine/socket.js';
import { EAGAIN } from '../../../src/linux/errno.js';
import { errorName } from '../../../src/linux/error-name.js';
import { connectUnix, openUnix } from '../../../src/linux/unix-sockets.js';
import { Deadline, type DeadlineWheel } from '../../../src/protocol/deadline-wheel.js';
import { dial } from '../../generator/clients/dial.js';
import type { ClientParts, Participant } from '../../generator/clients/parts.js';
import { Route } from '../../generator/clients/route.js';
import type { Way } from '../../shared/messages.js';
import type { ClientKind, KindOutcome, UnixWay } from './messages.js';

/** What all groups share. */
export interface MixParts {
  readonly engine: Engine;
  readonly wheel: DeadlineWheel;
  /** The longest pause or stay of a client. */
  readonly lasting_ms: number;
  /** What the subject is doing, for the causes of losses. */
  phase(): string;
}

export class ClientGroup implements ClientParts {
  readonly kind: ClientKind;
  readonly engine: Engine;
  readonly route: Route;
  readonly tally = { failed: (cause: string): void => this.#lose(cause) };
  readonly #parts: MixParts;
  readonly #unix: Uint8Array | undefined;
  /** Those that must make progress. */
  readonly #watched = new Set<Participant>();
  readonly #lost = new Map<string, number>();
  #begun = 0;
  #verified = 0;
  #failed = 0;

  constructor(kind: ClientKind, parts: MixParts, way: Way | UnixWay) {
    this.kind = kind;
    this.#parts = parts;
    this.engine = parts.engine;
    this.route = new Route('path' in way ? { entry: 0, ask: way.ask } : way);
    this.#unix = 'path' in way ? Buffer.from(way.path) : undefined;
  }

  get begun(): number {
    return this.#begun;
  }

  /** Connections that have not come to their end. */
  get open(): number {
    return this.#begun - this.#verified - this.#failed;
  }

  get outcome(): KindOutcome {
    return { kind: this.kind, begun: this.#begun, verified: this.#verified, lost: Object.fromEntries(this.#lost) };
  }

  dial(handler: Handler): Socket | string {
    this.#begun += 1;
    const { engine, route } = this;
    if (this.#unix === undefined) return dial(engine, handler, route.nextSource(), route.entry);
    const fd = openUnix();
    if (fd < 0) return `open: ${errorName(fd)}`;
    const socket = engine.adopt(fd, handler);
    this.#connectUnix(socket, this.#unix);
    return socket;
  }

  /** A client waits while the backlog of a Unix socket is full, as connect(2) does where it may block. */
  #connectUnix(socket: Socket, path: Uint8Array): void {
    this.after(0, () => {
      if (socket.closing) return;
      const result = connectUnix(socket.fd, path);
      if (result === -EAGAIN) this.#connectUnix(socket, path);
      else socket.handler.onConnect(socket, result);
    });
  }

  joined(participant: Participant): void {
    this.#watched.add(participant);
  }

  left(participant: Participant): void {
    this.#watched.delete(participant);
  }

  verified(): void {
    this.#verified += 1;
  }

  #lose(cause: string): void {
    this.#failed += 1;
    const what = `${cause}, ${this.#parts.phase()}`;
    this.#lost.set(what, (this.#lost.get(what) ?? 0) + 1);
  }

  expire(before_ms: number): void {
    for (const participant of this.#watched) participant.expire(before_ms);
  }

  /** Calls `act` at least that much later; 0: in a later turn. */
  after(pause_ms: number, act: () => void): void {
    this.#parts.wheel.set(new Deadline(act), this.engine.clock() + pause_ms);
  }

  /** A random time for a pause or a stay. */
  someTime_ms(): number {
    return Math.random() * this.#parts.lasting_ms;
  }
}
