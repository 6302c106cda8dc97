// Which of its addresses an interface gives to new connections of a line with `source_ip: "auto"`.
import type { InterfaceAddress } from './interface-state.js';

/** One of each family; undefined where the interface has none. */
export interface PresentAddresses {
  readonly ip4: Uint8Array | undefined;
  readonly ip6: Uint8Array | undefined;
}

/**
 * Of each family the first one that is global, before unique local ones (RFC 4193), before those of one link (RFC 3927); of
 * these one that is not deprecated; of these one that is not temporary. An IPv6 address of one link is none: it reaches nothing
 * beyond.
 */
export function presentAddresses(addresses: readonly InterfaceAddress[]): PresentAddresses {
  let [ip4, ip6]: (InterfaceAddress | undefined)[] = [];
  for (const one of addresses) {
    if (one.ip.length === 4) ip4 = better(ip4, one);
    else if (scopeOf(one.ip) < OF_LINK) ip6 = better(ip6, one);
  }
  return { ip4: ip4?.ip, ip6: ip6?.ip };
}

/** Of several that are alike, the first one. */
function better(before: InterfaceAddress | undefined, next: InterfaceAddress): InterfaceAddress {
  return before === undefined || rankOf(next) < rankOf(before) ? next : before;
}

const rankOf = ({ ip, isDeprecated, isTemporary }: InterfaceAddress): number =>
  scopeOf(ip) * 4 + Number(isDeprecated) * 2 + Number(isTemporary);

const OF_LINK = 2;

function scopeOf(ip: Uint8Array): number {
  if (ip.length === 4) return ip[0] === 169 && ip[1] === 254 ? OF_LINK : 0;
  if (ip[0] === 0xfe && (ip[1] & 0xc0) === 0x80) return OF_LINK;
  return (ip[0] & 0xfe) === 0xfc ? 1 : 0;
}
