// A socket by which the kernel tells of changes of interfaces, addresses and default routes (rtnetlink(7)). What it tells is a
// reason to look (look.ts): messages may be lost, and then it says so.
import { EAGAIN, ENOBUFS } from '../errno.js';
import * as libc from '../libc.js';
import {
  attachFilter,
  type Instruction,
  JUMP_IF_GREATER,
  JUMP_IF_SAME,
  LOAD_OCTET,
  LOAD_TWO,
  NOTHING,
  RETURN,
  WHOLE,
} from '../packet-filter.js';
import { bindKernel, openKernel, receiveFrom, setKernelOption } from './ask.js';
import { type NetworkMessage, RTM_DELROUTE, RTM_NEWROUTE, readNetworkMessage } from './interfaces.js';
import { HEADER, MORE, readMessages } from './messages.js';

const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_DROP_MEMBERSHIP = 2;
/** RTNLGRP_LINK, and those of addresses and routes by the length of an address. */
const OF_LINKS = 1;
const OF_IPV4 = [5, 7];
const OF_IPV6 = [9, 11];

/** Parts that are read at a time; the rest is read with the next look. */
const PARTS_MAX = 256;
/** A VPN may add two routes to half of all addresses each, or one to all global IPv6 addresses, in the place of a default route. */
const PREFIX_MAX = 3;
const TYPE_AT = 4;
const PREFIX_AT = HEADER + 1;
/** The type as BPF reads it, which knows network order only. */
const swapped = (type: number): number => type << 8;

/** A router has thousands of changes of routes a second, and none of them is of use here: the kernel drops them. */
const FEW_ROUTES: readonly Instruction[] = [
  { code: LOAD_TWO, value: TYPE_AT },
  { code: JUMP_IF_SAME, met: 4, value: swapped(RTM_DELROUTE) },
  { code: JUMP_IF_SAME, otherwise: 2, value: swapped(RTM_NEWROUTE) },
  { code: LOAD_OCTET, value: PREFIX_AT },
  { code: JUMP_IF_GREATER, met: 1, value: PREFIX_MAX },
  { code: RETURN, value: WHOLE },
  { code: RETURN, value: NOTHING },
];

/** `all`: everything that waited has been told. `lost`: something has not. `more`: read on later. Or a negated errno. */
export type Told = 'all' | 'lost' | 'more' | number;

export class NetworkWatch {
  readonly fd: number;
  readonly #groups = new Set<number>();
  /** Something has not been told, and the caller does not know yet. */
  #lost = false;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Or a negated errno. It is told of nothing yet. */
  static open(): NetworkWatch | number {
    const fd = openKernel();
    if (fd < 0) return fd;
    const bound = bindKernel(fd);
    const result = bound < 0 ? bound : attachFilter(fd, FEW_ROUTES);
    if (result >= 0) return new NetworkWatch(fd);
    libc.close(fd);
    return result;
  }

  /** From now on it is told of interfaces, and of addresses and default routes of these families. 0, or a negated errno. */
  follow({ links, ipv4, ipv6 }: { links: boolean; ipv4: boolean; ipv6: boolean }): number {
    const wanted = new Set([...(links ? [OF_LINKS] : []), ...(ipv4 ? OF_IPV4 : []), ...(ipv6 ? OF_IPV6 : [])]);
    for (const group of this.#groups) {
      if (!wanted.has(group)) setKernelOption(this.fd, NETLINK_DROP_MEMBERSHIP, group);
    }
    for (const group of wanted) {
      const result = this.#groups.has(group) ? 0 : setKernelOption(this.fd, NETLINK_ADD_MEMBERSHIP, group);
      if (result < 0) return result;
    }
    this.#groups.clear();
    for (const group of wanted) this.#groups.add(group);
    return 0;
  }

  /** Reads what waits. */
  read(hear: (message: NetworkMessage) => void): Told {
    for (let parts = 0; parts < PARTS_MAX; parts += 1) {
      const bytes = receiveFrom(this.fd);
      if (typeof bytes !== 'number') {
        const end = readMessages(bytes, (...message) => {
          const read = readNetworkMessage(...message);
          if (read !== undefined) hear(read);
        });
        this.#lost ||= end !== MORE;
      } else if (bytes === -EAGAIN) return this.#wasLost() ? 'lost' : 'all';
      else if (bytes === -ENOBUFS) this.#lost = true;
      else return bytes;
    }
    return 'more';
  }

  #wasLost(): boolean {
    const lost = this.#lost;
    this.#lost = false;
    return lost;
  }

  close(): void {
    libc.close(this.fd);
  }
}
