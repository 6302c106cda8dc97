// A port on loopback that swallows connections: its listener's backlog is full, so the kernel drops every further SYN and
// whoever connects waits for an answer that never comes, unless the test has room made.
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

  /** Throws when the backlog does not fill up. */
  static open(port = 0, host = '127.0.0.1'): BlackHole {
    return new BlackHole(host, blackHole(port, Uint8Array.from(host.split('.'), Number)));
  }

  /** Makes room in the backlog: the next SYN, a repeated one as well, is answered. */
  open(): void {
    for (let fd = acceptFrom(this.#fds[0]); fd >= 0; fd = acceptFrom(this.#fds[0])) this.#fds.push(fd);
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) libc.close(fd);
  }
}
