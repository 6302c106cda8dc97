// What a connection of Node's own is to be. Types only.
import type { LookupFunction } from 'node:net';
import type { Source } from '../protocol/lines/line.js';

export interface Wanted {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
  readonly source: Source;
  /** Resolves a name. Without it, Node's own does. */
  readonly lookup?: LookupFunction;
  /** How long sent bytes may stay unacknowledged (TCP_USER_TIMEOUT). 0, or without it: the kernel's own. */
  readonly userTimeout_ms?: number;
  /** As in Node: whether an end of stream leaves the other direction open. */
  readonly allowHalfOpen?: boolean;
}
