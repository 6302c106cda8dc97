// Adds up connections by their clients or users. Pure.
import type { Connection } from '../api/shapes.js';

export interface Holder {
  /** An address, or `unix`; of a user, their name, empty for connections without one. */
  readonly name: string;
  live: number;
  ended: number;
  failed: number;
  bytes_up: number;
  bytes_down: number;
  /** Hosts, the most frequent first. */
  targets: readonly string[];
}

const TARGETS_MAX = 3;

/** Those with the most bytes first. */
export function holdersOf(connections: readonly Connection[], by: 'client' | 'user'): Holder[] {
  const holders = new Map<string, { holder: Holder; hosts: Map<string, number> }>();
  for (const one of connections) {
    const name = by === 'user' ? (one.user ?? '') : withoutPort(one.client);
    const known = holders.get(name) ?? {
      holder: { name, live: 0, ended: 0, failed: 0, bytes_up: 0, bytes_down: 0, targets: [] },
      hosts: new Map(),
    };
    holders.set(name, known);
    const { holder, hosts } = known;
    if (one.phase === 'ended') holder.ended += 1;
    else holder.live += 1;
    if (one.cause !== undefined) holder.failed += 1;
    holder.bytes_up += one.bytes_up;
    holder.bytes_down += one.bytes_down;
    const host = withoutPort(one.target ?? '');
    if (host !== '') hosts.set(host, (hosts.get(host) ?? 0) + 1);
  }
  for (const { holder, hosts } of holders.values()) {
    holder.targets = [...hosts]
      .sort(([, one], [, other]) => other - one)
      .slice(0, TARGETS_MAX)
      .map(([host]) => host);
  }
  const bytesOf = ({ bytes_up, bytes_down }: Holder): number => bytes_up + bytes_down;
  return [...holders.values()]
    .map(({ holder }) => holder)
    .sort((one, other) => bytesOf(other) - bytesOf(one) || one.name.localeCompare(other.name));
}

const withoutPort = (place: string): string => place.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
