// Pushes changes of the bad addresses to one connection actor: the changes that it does not know yet, and the one push under
// way. Of several changes to an address the actor gets the last. It does not decide which addresses are bad: see trust.ts.
import type { MessagePort } from 'node:worker_threads';
import type { BadAddressChange } from '../../../protocol/trust/evidence.js';
import type { NamesSubscriber } from '../../../threads/contracts/dns.js';
import { call, type Remote } from '../../../threads/port.js';

export class BadAddressFeed {
  readonly #remote: Remote<NamesSubscriber>;
  /** By address; bounded by the addresses on the list and those just removed from it. */
  readonly #waiting = new Map<string, BadAddressChange>();
  #whole = true;
  #pushing = false;

  constructor(pushes: MessagePort) {
    this.#remote = call<NamesSubscriber>(pushes);
  }

  /** The first call must have all bad addresses, later calls only changes. */
  tell(changes: Iterable<BadAddressChange>): void {
    for (const change of changes) this.#waiting.set(change.address, change);
    if (!this.#pushing) void this.#push();
  }

  /** Not queued: a change of the machine's files is rare. */
  namesChanged(names: readonly string[] | undefined): void {
    this.#remote.namesChanged(names).catch(() => {});
  }

  /** One message at a time. A dead actor never answers, so it gets no further message. */
  async #push(): Promise<void> {
    this.#pushing = true;
    while (this.#whole || this.#waiting.size > 0) {
      const changes = [...this.#waiting.values()];
      this.#waiting.clear();
      const whole = this.#whole;
      this.#whole = false;
      await this.#remote.badAddressesChanged(changes, whole).catch(() => {});
    }
    this.#pushing = false;
  }
}
