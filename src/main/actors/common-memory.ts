// The memory that all connection actors share, which is had once: it has room for what a reload may bring, more connections and
// workers, and limits and users where there were none.
import type { SharedMemory } from '../../threads/contracts/start.js';
import { BulkSpans } from '../../threads/shared/bulk-spans.js';
import { ClientAddresses } from '../../threads/shared/client-addresses.js';
import { slotsFor } from '../../threads/shared/client-limits.js';
import { Counters } from '../../threads/shared/counters.js';
import { OwnerTable } from '../../threads/shared/owner-table.js';
import { Shares } from '../../threads/shared/shares.js';
import { SiteLeases } from '../../threads/shared/site-leases.js';
import { newUdpMemory } from '../../threads/shared/udp-memory.js';
import { userSlotsFor } from '../../threads/shared/user-limits.js';
import { USER_SLOTS, UserTable } from '../../threads/shared/user-table.js';
import { WORKERS_MAX } from '../process/cores.js';
import { mostAssociations } from '../process/fd-limit.js';

/** `most`: with `connections_max` as it may become. `fdsMax`: numbers of fds are below this. `room`: the memory of main's `RoomFlag`. */
export function commonMemory(
  most: { readonly connections_max: number },
  fdsMax: number,
  room: SharedArrayBuffer,
): Omit<SharedMemory, 'own' | 'maps'> {
  return {
    owners: OwnerTable.create(fdsMax),
    clients: ClientAddresses.create(fdsMax),
    clientShares: Shares.create(slotsFor(most), fdsMax, seed()),
    userShares: Shares.create(userSlotsFor(most), fdsMax, seed()),
    userTable: UserTable.create(),
    siteLeases: SiteLeases.create(USER_SLOTS),
    counters: Counters.create(WORKERS_MAX),
    bulk: BulkSpans.create(WORKERS_MAX),
    room,
    udp: newUdpMemory(mostAssociations(fdsMax), fdsMax, WORKERS_MAX, seed()),
  };
}

const seed = (): number => Math.floor(Math.random() * 2 ** 32);
