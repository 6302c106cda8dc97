// The addresses of a line's proxy whose name may move: where it has failed, and which its name has left since. What still fails at
// an address that was left says nothing about the line. Addresses are texts, `address:port`. Pure.

/** Addresses in each of the two lists; the one that came first is dropped. */
const PLACES_MAX = 8;

export class ProxyPlaces {
  /** Where it has failed since it was last reached. */
  #failed: readonly string[] = [];
  #left: readonly string[] = [];
  /** Whether it has not been reached since its name moved. */
  isNew = false;

  get isEmpty(): boolean {
    return this.#failed.length === 0 && this.#left.length === 0;
  }

  /** It has failed at this address. Returns whether that counts. */
  failed(address: string): boolean {
    if (this.#left.includes(address)) return false;
    if (!this.#failed.includes(address)) this.#failed = added(this.#failed, address);
    return true;
  }

  reached(): void {
    this.#failed = [];
    this.isNew = false;
  }

  /**
   * Its name has these addresses now; `whole`: no others. Returns whether all of those where it failed have been left, so that nothing
   * is known against it.
   */
  are(addresses: readonly string[], whole: boolean): boolean {
    this.#left = this.#left.filter((left) => !addresses.includes(left));
    if (this.#failed.length === 0 || addresses.length === 0) return false;
    const isLeft = (failed: string): boolean =>
      !addresses.includes(failed) && (whole || addresses.some((one) => isV6(one) === isV6(failed)));
    if (!this.#failed.every(isLeft)) return false;
    for (const failed of this.#failed) this.#left = added(this.#left, failed);
    this.#failed = [];
    this.isNew = true;
    return true;
  }
}

const isV6 = (address: string): boolean => address.startsWith('[');

const added = (places: readonly string[], one: string): readonly string[] => [...places, one].slice(-PLACES_MAX);
