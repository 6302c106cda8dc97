// A port on loopback that swallows connections: the backlog of its listening socket is full, so the kernel drops every
// further SYN, and a client waits for an answer that never comes, unless the test makes room.
import * as libc from '../../src/linux/libc.js';
import { acceptFrom } from '../../src/linux/sockets.js';
import { blackHole } from '../linux/peers.js';

export class BlackHole {
  readonly host: string;
  readonly port: number;
  readonly #fds: number[];

  private constructor(host: string, { port, fds }: { port: number; fds: number[] }) {
    this.host = host;
    this.port = port;
    this.#fds = fds;
  }

  /** Throws an Error when the backlog does not fill up. */
  static open(port = 0, host = '127.0.0.1'): BlackHole {
    return new BlackHole(host, blackHole(port, Uint8Array.from(host.split('.'), Number)));
  }

  /** Makes room in the backlog: the next SYN is answered, also a repeated one. */
  open(): void {
    for (let fd = acceptFrom(this.#fds[0]); fd >= 0; fd = acceptFrom(this.#fds[0])) this.#fds.push(fd);
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) libc.close(fd);
  }
}
