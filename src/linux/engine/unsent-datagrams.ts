// Tells handlers of datagrams that were not sent. It sends nothing.
import { EAGAIN, ENOBUFS } from '../errno.js';
import type { Socket } from './socket.js';

/** What is told in the next turn, since no handler is called inside the call that asks. */
export interface Unsent {
  readonly socket: Socket;
  readonly count: number;
  /** A negated errno. */
  readonly error: number;
}

/** `count` datagrams were not sent for the reason `error`. Where there was room, it stands in the socket's error queue, too. */
export function tellUnsent(socket: Socket, count: number, error: number): void {
  socket.handler.onDatagramsUnsent(socket, count, error);
  if (error !== -EAGAIN && error !== -ENOBUFS && !socket.closing) socket.handler.onDatagramErrors(socket);
}
