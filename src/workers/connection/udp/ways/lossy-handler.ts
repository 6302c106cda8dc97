// Counts datagrams that are lost at a socket: those that the kernel has not taken, and those that are longer than a buffer.

import { Handler, type Socket } from '../../../../linux/engine/socket.js';
import { errorName } from '../../../../linux/error-name.js';
import type { Drop } from '../../../../protocol/udp/drop.js';
import type { DropCounts } from '../../../../protocol/udp/drop-of.js';

const CAUSES: Readonly<Record<string, Drop>> = { EAGAIN: 'no-room', ENOBUFS: 'no-room', EMSGSIZE: 'too-long' };

/** Handles the events of a UDP socket. */
export abstract class LossyHandler extends Handler {
  readonly #tally: DropCounts;

  constructor(tally: DropCounts) {
    super();
    this.#tally = tally;
  }

  override onDatagramsUnsent(_socket: Socket, count: number, error: number): void {
    this.#tally.dropped(CAUSES[errorName(error)] ?? 'unsent', count);
  }

  override onDatagramsCut(_socket: Socket, count: number): void {
    this.#tally.dropped('too-long', count);
  }
}
