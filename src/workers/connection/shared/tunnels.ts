// The connection actor's side of the TLS actor: makes pairs of sockets, orders tunnels behind them, and closes the far ends.
// What came of an order is read by its attempt, from the near end. It waits for nothing.
import type { MessagePort } from 'node:worker_threads';
import { closeOwned, type Ownership } from '../../../linux/ownership.js';
import { sentFd, socketPair } from '../../../linux/pairs.js';
import { type Failure, failureOf } from '../../../protocol/race/failure.js';
import type { TunnelOrder } from '../../../threads/contracts/tls.js';

/** `near` is the caller's, who gives `far` to `letGo` when the outcome is known, or when the order is given up. */
export type Ordered = { readonly code: 'ordered'; readonly near: number; readonly far: number } | Failure;

const NO_ACTOR = failureOf('internal', 'the thread for TLS is being started');
const NO_PAIR = failureOf('out-of-resources', 'no pair of sockets');

export class Tunnels {
  readonly #ownership: Ownership;
  #port: MessagePort | undefined;
  /** Far ends of orders whose outcome is not known. Bounded by the attempts. */
  readonly #far = new Set<number>();

  constructor(ownership: Ownership) {
    this.#ownership = ownership;
  }

  /** A port to a TLS actor that was started or restarted. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    // Its orders fail: their near ends hear an end of stream.
    port.once('close', () => {
      if (this.#port !== port) return;
      this.#port = undefined;
      for (const far of [...this.#far]) this.letGo(far);
    });
    port.unref();
  }

  order(line: number, ip: Uint8Array): Ordered {
    if (this.#port === undefined) return NO_ACTOR;
    const pair = socketPair();
    if (typeof pair === 'number') return NO_PAIR;
    const [near, far] = pair;
    this.#ownership.opened(near);
    this.#ownership.opened(far);
    this.#far.add(far);
    const order: TunnelOrder = { line, ip, near: sentFd(near), far: sentFd(far) };
    this.#port.postMessage(order);
    return { code: 'ordered', near, far };
  }

  /** Closes a far end. Does nothing for one that is closed already. */
  letGo(far: number): void {
    if (this.#far.delete(far)) closeOwned(far, this.#ownership);
  }

  close(): void {
    for (const far of [...this.#far]) this.letGo(far);
    this.#port?.close();
  }
}
