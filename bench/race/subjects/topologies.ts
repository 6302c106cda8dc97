// The ways of each topology. Their times differ as those of real uplinks do, so that without a fault the same way wins
// nearly always: that way gets the first fault. Data only.
import type { WayPlan } from '../field/messages.js';

export interface Topology {
  readonly name: string;
  readonly title: string;
  readonly ways: readonly WayPlan[];
}

const proxy = (connect_ms: number, firstByte_ms: number): WayPlan => ({ kind: 'proxy', connect_ms, firstByte_ms });
/** The kernel connects to an address at once. */
const address = (firstByte_ms: number): WayPlan => ({ kind: 'address', connect_ms: 0, firstByte_ms });

export const TOPOLOGIES: readonly Topology[] = [
  {
    name: 'proxies',
    title: 'three SOCKS5 lines',
    ways: [proxy(5, 5), proxy(30, 10), proxy(55, 15)],
  },
  {
    name: 'mixed',
    title: 'a direct line and two SOCKS5 lines',
    // A name is looked up first, in another thread, so the proxies are far enough away not to win meanwhile.
    ways: [address(5), proxy(80, 10), proxy(110, 15)],
  },
  {
    name: 'addresses',
    title: 'one direct line to names with three addresses',
    ways: [address(5), address(10), address(15)],
  },
  {
    name: 'one-address',
    title: 'one direct line to one address: there is no other way',
    ways: [address(5)],
  },
];
