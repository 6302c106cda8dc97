// One connection actor that is told of bad addresses: what it does not know yet, and the one push that is under way. Of
// several changes to an address it gets the last. What is bad is not decided here.
import type { MessagePort } from 'node:worker_threads';
import type { BadAddressChange } from '../../../protocol/trust/evidence.js';
import type { NamesSubscriber } from '../../../threads/contracts/dns.js';
import { call, type Remote } from '../../../threads/port.js';

export class BadAddressFeed {
  readonly #remote: Remote<NamesSubscriber>;
  /** By address; no more than the list has and has just had. */
  readonly #waiting = new Map<string, BadAddressChange>();
  #whole = true;
  #pushing = false;

  constructor(pushes: MessagePort) {
    this.#remote = call<NamesSubscriber>(pushes);
  }

  /** The first time with everything that stands. */
  tell(changes: Iterable<BadAddressChange>): void {
    for (const change of changes) this.#waiting.set(change.address, change);
    if (!this.#pushing) void this.#push();
  }

  /** Rare: a change of a file of the machine. */
  namesChanged(names: readonly string[] | undefined): void {
    this.#remote.namesChanged(names).catch(() => {});
  }

  /** One message at a time. One to an actor that has died is never answered, and nothing more is sent. */
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
