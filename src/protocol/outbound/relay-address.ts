// Where a proxy takes datagrams (RFC 1928 section 6: BND.ADDR and BND.PORT of its reply). Many proxies do not know the address
// at which others see them: they say 0.0.0.0, or one of a network behind a translator. Then it is the proxy's own address that
// is meant, and only the port is new. Nor can a proxy by what it says send datagrams into a network of ours.
import { unmapped } from '../address/address.js';
import { isUnspecified } from '../address/embedded-ipv4.js';
import { isSpecialIp } from '../address/special-address.js';
import { type Target, targetOfIp, targetOfName } from '../address/target.js';
import type { Bound } from './outbound.js';

/** Where the proxy itself is. `ip`: the address of `host`; undefined for a name that another proxy resolves. */
export interface ProxyPlace {
  readonly host: string;
  readonly ip: Uint8Array | undefined;
}

const LOOPBACK = 127;
const LINK_LOCAL_4 = 169;
/** Octets of an address that are the same within a network, as far as that can be guessed: of IPv4, and of IPv6. */
const NETWORK_4 = 2;
const NETWORK_6 = 6;

/** Undefined where nothing can be sent: port 0. */
export function relayAddress({ ip, port }: Bound, proxy: ProxyPlace): Target | undefined {
  if (port === 0) return undefined;
  const told = unmapped(ip);
  if (isMeant(told, proxy.ip)) return targetOfIp(told, port);
  return proxy.ip === undefined ? targetOfName(proxy.host, port) : targetOfIp(proxy.ip, port);
}

/** Whether the address is what it says: a public one, or one of the network that the proxy is in. */
function isMeant(told: Uint8Array, own: Uint8Array | undefined): boolean {
  if (isUnspecified(told) || isMany(told)) return false;
  if (!isSpecialIp(told)) return true;
  if (own === undefined || isLinkLocal(told)) return false;
  if (isLoopback(told)) return isLoopback(own);
  // What is reached by this machine itself, such as a container or a tunnel's end, may be in any network of it.
  return isLoopback(own) || isSameNetwork(told, own);
}

/** Multicast, or broadcast. */
const isMany = ([first, ...others]: Uint8Array): boolean => (others.length === 3 ? first >= 224 : first === 0xff);

function isLoopback(ip: Uint8Array): boolean {
  return ip.length === 4 ? ip[0] === LOOPBACK : ip[15] === 1 && ip.every((octet, at) => at === 15 || octet === 0);
}

/** Of IPv6 such an address means nothing without an interface. */
function isLinkLocal(ip: Uint8Array): boolean {
  return ip.length === 4 ? ip[0] === LINK_LOCAL_4 && ip[1] === 254 : ip[0] === 0xfe && (ip[1] & 0xc0) === 0x80;
}

function isSameNetwork(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  const octets = one.length === 4 ? NETWORK_4 : NETWORK_6;
  for (let at = 0; at < octets; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
