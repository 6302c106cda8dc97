// What is the first choice of a flow, and what its further ones: the turns of lines with their addresses. Of lines that are equal in
// everything each has a turn with its first address before any has one with its second, since a datagram that gets through nowhere
// over one line says more than one to one address. Pure.
import type { Preferences } from '../../../../protocol/lines/preferences.js';
import type { RankedLine } from '../../../../protocol/udp/line-order.js';

/** Addresses of one line that have a turn: the first ones, and of the other family at least one. */
const ADDRESSES_MAX = 4;

export interface TurnOf {
  readonly line: number;
  readonly ip: Uint8Array | undefined;
}

/** `isWaiting`: whether the addresses of a line are not known yet: neither it nor what comes behind it has a turn then. */
export function inTurn(
  ranked: readonly RankedLine[],
  preferences: Preferences | undefined,
  isWaiting: (line: number) => boolean,
  addressesOf: (line: number) => readonly (Uint8Array | undefined)[],
): readonly TurnOf[] {
  const waiting = ranked.findIndex(({ line }) => isWaiting(line));
  const known = waiting < 0 ? ranked : ranked.slice(0, waiting);
  return groupsOf(known, preferences).flatMap((group) => {
    const all = group.map(({ line }) => ({ line, ips: firstOnes(addressesOf(line)) }));
    return Array.from({ length: ADDRESSES_MAX }, (_, turn) =>
      all.flatMap(({ line, ips }) => (turn < ips.length ? [{ line, ip: ips[turn] }] : [])),
    ).flat();
  });
}

/** Lines of one rank and one price. */
function groupsOf(
  ranked: readonly RankedLine[],
  preferences: Preferences | undefined,
): readonly (readonly RankedLine[])[] {
  const groups: RankedLine[][] = [];
  for (const one of ranked) {
    const last = groups.at(-1)?.[0];
    const isAlike = last?.rank === one.rank && (preferences?.compare(last.line, one.line) ?? 0) === 0;
    if (isAlike) groups.at(-1)?.push(one);
    else groups.push([one]);
  }
  return groups;
}

/** The first one, the first of the other family, and others. */
function firstOnes(ips: readonly (Uint8Array | undefined)[]): readonly (Uint8Array | undefined)[] {
  const [first, ...others] = ips;
  const other = others.findIndex((ip) => ip?.length !== first?.length);
  if (other > 0) others.unshift(...others.splice(other, 1));
  return ips.length === 0 ? [] : [first, ...others].slice(0, ADDRESSES_MAX);
}
