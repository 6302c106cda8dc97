// One listening socket of main, with its listener. Type only.
import type { Listener } from '../../protocol/inbound/listener.js';
import type { ListenPlace } from '../../protocol/listen-options.js';
import type { SocketFile } from './socket-file.js';

export interface ListeningSocket {
  /** Owned by main; the acceptor closes it when it stops. */
  readonly fd: number;
  listener: Listener;
  /** As in the configuration. */
  place: ListenPlace;
  /** Where it listens, for people: an address and a port, or `unix:` and a path. */
  readonly address: string;
  /** The file of a Unix socket, which is removed at the end. */
  readonly file: SocketFile | undefined;
  /** A service manager has bound it, and keeps it open. */
  readonly isPassed: boolean;
}
