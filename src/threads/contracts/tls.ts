// The contract of the TLS actor: what main asks of it, and the orders of connection actors. Types only. What came of an order
// is told in the tunnel's first bytes (protocol/outbound/tunnel.ts).

import type { Options } from '../../protocol/options.js';
import type { KeepAlive } from '../../protocol/quiet/quiet.js';

/** An fd that stays the one actor's, for the other. The inode tells whether the number still means the same file. */
export interface LentFd {
  readonly fd: number;
  readonly inode: number;
}

/** A plain message: a connection to the first proxy of a line is wanted, behind `far`, one end of a pair of sockets. */
export interface TunnelOrder {
  /** The number of the line. */
  readonly line: number;
  /** The address of the proxy, 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** The end that the TLS actor duplicates and speaks on. An actor that gives an order up closes both ends. */
  readonly far: LentFd;
  /** The end that the connection actor keeps. */
  readonly near: LentFd;
}

/** A plain message: the connection of an open tunnel has lasted, and its proxy is to be probed. */
export interface TunnelProbing {
  /** As the tunnel has told when it was opened. */
  readonly tcp: LentFd;
  readonly keepalive: KeepAlive;
}

/** Served by the TLS actor, called by main. */
export interface TlsControl {
  /** `port`: for the orders of one more connection actor. It is dropped when its other end closes. */
  connect(port: unknown): Promise<void>;
  /** Takes over the lines, and the settings of new connections. */
  configure(options: Options): Promise<void>;
  /** Ends all tunnels, and closes every port; the actor's task then settles. */
  stop(): Promise<void>;
}
