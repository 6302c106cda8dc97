// Socket addresses as the kernel lays them out (struct sockaddr_in, sockaddr_in6, and of sockaddr_un the family). IP addresses are their bytes in
// network order: 4 for IPv4, 16 for IPv6. Text forms are protocol/address/address.ts's business.

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
/** Bytes of the larger of the two structures. */
export const ADDRESS_SIZE = 28;

/** An IP address and a port. */
export interface Endpoint {
  /** 4 or 16 bytes in network order. */
  readonly ip: Uint8Array;
  readonly port: number;
}

/** Bytes of struct sockaddr_in. */
const IPV4_SIZE = 16;

/** `ip` of 4 or 16 bytes; returns a sockaddr_in (16 bytes) or a sockaddr_in6 (28 bytes). */
export const packAddress = (ip: Uint8Array, port: number): Uint8Array =>
  write(new Uint8Array(ip.length === 4 ? IPV4_SIZE : ADDRESS_SIZE), ip, port);

const LENT_IPV4 = new Uint8Array(IPV4_SIZE);
const LENT_IPV6 = new Uint8Array(ADDRESS_SIZE);

/** As `packAddress`, in an array that the next call writes to again: for a receiver that copies it. */
export const lendAddress = (ip: Uint8Array, port: number): Uint8Array =>
  write(ip.length === 4 ? LENT_IPV4 : LENT_IPV6, ip, port);

function write(packed: Uint8Array, ip: Uint8Array, port: number): Uint8Array {
  const isIpv4 = ip.length === 4;
  packed[0] = isIpv4 ? AF_INET : AF_INET6;
  packed[2] = port >> 8;
  packed[3] = port & 255;
  packed.set(ip, isIpv4 ? 4 : 8);
  return packed;
}

/**
 * The inverse of `packAddress`; an address of another family becomes 0.0.0.0:0. `likely`: an IP address that it often is; its
 * array is then the result's, too.
 */
export function unpackAddress(packed: Uint8Array, likely?: Uint8Array): Endpoint {
  const port = (packed[2] << 8) | packed[3];
  if (packed[0] === AF_INET6) return { ip: ipAt(packed, 8, 16, likely), port };
  if (packed[0] === AF_INET) return { ip: ipAt(packed, 4, 4, likely), port };
  return { ip: new Uint8Array(4), port: 0 };
}

const LENT_FOUR = new Uint8Array(4);
const LENT_SIXTEEN = new Uint8Array(16);
const MAPPED = 0xff;

/**
 * The IP address of a packed address, in an array that the next call writes to again; a mapped IPv4 address as the IPv4
 * address. Undefined for an address of another family.
 */
export function lendIp(packed: Uint8Array): Uint8Array | undefined {
  if (packed[0] === AF_INET) return copied(packed, 4, LENT_FOUR);
  if (packed[0] !== AF_INET6) return undefined;
  return isMapped(packed) ? copied(packed, 20, LENT_FOUR) : copied(packed, 8, LENT_SIXTEEN);
}

function copied(packed: Uint8Array, at: number, ip: Uint8Array): Uint8Array {
  for (let i = 0; i < ip.length; i += 1) ip[i] = packed[at + i];
  return ip;
}

/** Whether a struct sockaddr_in6 has an IPv4-mapped address (RFC 4291 section 2.5.5.2). */
export function isMapped(packed: Uint8Array): boolean {
  for (let i = 8; i < 18; i += 1) if (packed[i] !== 0) return false;
  return packed[18] === MAPPED && packed[19] === MAPPED;
}

function ipAt(packed: Uint8Array, at: number, size: number, likely: Uint8Array | undefined): Uint8Array {
  if (likely?.length !== size) return packed.slice(at, at + size);
  for (let i = 0; i < size; i += 1) if (packed[at + i] !== likely[i]) return packed.slice(at, at + size);
  return likely;
}
