// The engine of a connection actor, and what it notes of the descriptors that it owns.
import { openEngine } from '../../linux/engine/choose.js';
import type { Engine } from '../../linux/engine/engine.js';
import type { ConnectionStart } from '../../threads/contracts/start.js';
import { MapTable, OwnerTable } from '../../threads/shared/owner-table.js';
import { Shares } from '../../threads/shared/shares.js';
import { SharedOwnership } from './shared-ownership.js';

interface OwnEngine {
  readonly engine: Engine;
  /** Why it is not the one that is wanted. */
  readonly why: string | undefined;
  readonly ownership: SharedOwnership;
  readonly clientShares: Shares;
  readonly userShares: Shares;
  readonly udpShares: Shares;
}

export function ownEngine({ actor, engine, shared }: Pick<ConnectionStart, 'actor' | 'engine' | 'shared'>): OwnEngine {
  const shares = [shared.clientShares, shared.userShares, shared.udp.shares].map((memory) => new Shares(memory));
  const [clientShares, userShares, udpShares] = shares;
  const [owners, maps] = [new OwnerTable(shared.owners), new MapTable(shared.maps)];
  const ownership = new SharedOwnership(actor, owners, maps, shares);
  const opened = openEngine(engine === 'uring' ? 'auto' : 'epoll', ownership);
  if ('code' in opened) throw new Error(opened.reason);
  return { engine: opened.engine, why: opened.why, ownership, clientShares, userShares, udpShares };
}
