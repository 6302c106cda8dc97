// The ownership of an actor in shared memory: main reads it, and cleans up, when the actor's thread has died.
import type { Memory } from '../../linux/memory.js';
import type { Ownership } from '../../linux/ownership.js';
import type { MapTable, OwnerTable } from '../../threads/shared/owner-table.js';
import type { Shares } from '../../threads/shared/shares.js';

/** Records what the actor owns where main finds it if the thread dies. */
export class SharedOwnership implements Ownership {
  readonly #actor: number;
  readonly #owners: OwnerTable;
  readonly #maps: MapTable;
  readonly #shares: readonly Shares[];

  /** `shares`: in which the actor's fds may count. */
  constructor(actor: number, owners: OwnerTable, maps: MapTable, shares: readonly Shares[]) {
    this.#actor = actor;
    this.#owners = owners;
    this.#maps = maps;
    this.#shares = shares;
  }

  opened(fd: number): void {
    this.#owners.set(fd, this.#actor);
  }

  closing(fd: number): void {
    for (const one of this.#shares) one.closing(fd);
    this.#owners.closing(fd, this.#actor);
  }

  closed(fd: number): void {
    this.#owners.closed(fd, this.#actor);
  }

  mapped(memory: Memory, pinsRing: boolean): void {
    this.#maps.add(memory, pinsRing);
  }

  unmapping(memory: Memory): void {
    this.#maps.remove(memory);
  }
}
