// Releases what a dead connection actor leaves behind: its sockets, its io_uring, its memory, and the clients in its queue.
// To be called only after the actor's thread has ended. The order of the steps matters.
import { unmap } from '../../linux/memory.js';
import { breakOff, closeFd } from '../../linux/sockets.js';
import type { ConnectionCounts } from '../../threads/shared/connection-counts.js';
import { Counter, type Counters } from '../../threads/shared/counters.js';
import type { FdQueue } from '../../threads/shared/fd-queue.js';
import { fdOf } from '../../threads/shared/hand-off.js';
import type { MapTable, OwnerTable } from '../../threads/shared/owner-table.js';
import type { Shares } from '../../threads/shared/shares.js';
import type { UdpCounts } from '../../threads/shared/udp-counts.js';

export interface DeadActor {
  readonly actor: number;
  readonly owners: OwnerTable;
  readonly maps: MapTable;
  readonly queue: FdQueue;
  readonly counters: Counters;
  readonly connectionCounts: Pick<ConnectionCounts, 'cutAll'>;
  readonly udpCounts: Pick<UdpCounts, 'cutAll'>;
  /** In which the actor's fds may count. */
  readonly shares: readonly Pick<Shares, 'closing'>[];
}

/** Returns the clients that were still in the queue, as `handOff` numbers: they belong to main. */
export function reap(dead: DeadActor): number[] {
  const { actor, owners, maps, queue, counters, connectionCounts, udpCounts, shares } = dead;
  const owned = owners.ownedBy(actor);
  for (const fd of owned) breakOff(fd);
  const regions = maps.all();
  for (const { region, pinsRing } of regions) if (pinsRing) unmap(region);
  for (const fd of owned) {
    owners.clear(fd);
    for (const one of shares) one.closing(fd);
    closeFd(fd);
  }
  // The kernel may write to these until the ring's fd is closed.
  for (const { region, pinsRing } of regions) if (!pinsRing) unmap(region);
  maps.clear();
  const slice = counters.of(actor);
  slice[Counter.cut] += slice[Counter.opened] - slice[Counter.closed];
  slice[Counter.closed] = slice[Counter.opened];
  connectionCounts.cutAll();
  udpCounts.cutAll();
  return drain(queue, new Set(owned));
}

/** Empties the queue of a dead actor. A client that already has an owner entry was closed with the actor's fds. */
function drain(queue: FdQueue, owned: ReadonlySet<number>): number[] {
  const left: number[] = [];
  for (let client = queue.next(); client >= 0; client = queue.next()) {
    if (!owned.has(fdOf(client))) left.push(client);
    queue.taken();
  }
  queue.wakeUp();
  return left;
}
