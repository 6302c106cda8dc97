// Listens for one kind of server, on IPv4 and (if available) IPv6 loopback, since a name may stand for either.
import type { Engine } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import { EAGAIN, ECONNABORTED, EINTR } from '../../../src/linux/errno.js';
import { errorName } from '../../../src/linux/error-name.js';
import { acceptFrom, listenOn, localEndpoint } from '../../../src/linux/sockets.js';

const IPV4_ANY = new Uint8Array(4);
const IPV6_LOOPBACK = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const BACKLOG = 4096;

export class Acceptor extends Handler {
  readonly #engine: Engine;
  readonly #accepted: (fd: number) => void;
  readonly #trouble: (cause: string) => void;

  constructor(engine: Engine, accepted: (fd: number) => void, trouble: (cause: string) => void) {
    super();
    this.#engine = engine;
    this.#accepted = accepted;
    this.#trouble = trouble;
  }

  /** Returns the port that the kernel chose. */
  listen(): number {
    const fd = listenOn(IPV4_ANY, 0, BACKLOG, 0);
    const local = fd < 0 ? fd : localEndpoint(fd);
    if (typeof local === 'number') throw new Error(`the target cannot listen: ${errorName(local)}`);
    this.#engine.accept(this.#engine.adopt(fd, this));
    const beside = listenOn(IPV6_LOOPBACK, local.port, BACKLOG, 0);
    if (beside >= 0) this.#engine.accept(this.#engine.adopt(beside, this));
    return local.port;
  }

  override onAccept(socket: Socket, result: number): void {
    let taken = result;
    // Those that came with it are taken by direct calls, so that a turn of the engine serves them all.
    for (; taken >= 0; taken = acceptFrom(socket.fd)) this.#accepted(taken);
    if (taken === -EAGAIN || taken === -ECONNABORTED || taken === -EINTR) this.#engine.accept(socket);
    // Without a file descriptor it would fail again and again: the bench ends here.
    else this.#trouble(`accept: ${errorName(taken)}`);
  }
}
