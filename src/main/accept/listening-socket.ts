// One listening socket of main, with its listener and its count of clients. Type only.
import type { Listener } from '../../protocol/inbound/listener.js';

export interface ListeningSocket {
  /** Owned by main; the acceptor closes it when it stops. */
  readonly fd: number;
  readonly listener: Listener;
  /** Clients accepted so far. */
  accepted: number;
}
