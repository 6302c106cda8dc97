// Who a client is, as rules, what is remembered for it, and limits see it. Types only.
import type { User } from './user.js';

export interface Client {
  /** 4 or 16 bytes; undefined for a client of a Unix socket, and for one that the kernel told no address of. */
  readonly ip: Uint8Array | undefined;
  /** Undefined for a client that has not said who it is. */
  readonly user: User | undefined;
  /** The number of the listener that it came in by. */
  readonly listener: number;
}
