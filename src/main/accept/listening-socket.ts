// One listening socket of main: the listener behind it, and what is counted of it. Type only.
import type { Listener } from '../../protocol/inbound/listener.js';

export interface ListeningSocket {
  /** Main's; the acceptor closes it at its end. */
  readonly fd: number;
  readonly listener: Listener;
  /** Clients accepted so far. */
  accepted: number;
}
