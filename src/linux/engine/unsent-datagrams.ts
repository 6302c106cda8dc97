// Tells handlers of datagrams that were not sent. It sends nothing.
import { EAGAIN, ENOBUFS } from '../errno.js';
import type { Socket } from './socket.js';

interface Unsent {
  readonly socket: Socket;
  count: number;
  readonly error: number;
}

/** What is told in the next turn, since no handler is called inside the call that asks. */
export class UnsentDatagrams {
  #unsent: Unsent[] = [];

  /** `error`: a negated errno. What follows with the same reason is told at once. */
  add(socket: Socket, count: number, error: number): void {
    const last = this.#unsent.at(-1);
    if (last !== undefined && last.socket === socket && last.error === error) last.count += count;
    else this.#unsent.push({ socket, count, error });
  }

  /** Tells all of it. Returns how often. */
  tell(): number {
    if (this.#unsent.length === 0) return 0;
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const { socket, count, error } of unsent) if (!socket.closing) tellUnsent(socket, count, error);
    return unsent.length;
  }
}

/** `count` datagrams were not sent for the reason `error`. Where there was room, it stands in the socket's error queue, too. */
export function tellUnsent(socket: Socket, count: number, error: number): void {
  socket.handler.onDatagramsUnsent(socket, count, error);
  if (error !== -EAGAIN && error !== -ENOBUFS && !socket.closing) socket.handler.onDatagramErrors(socket);
}
