// Socket addresses as the kernel lays them out (struct sockaddr_in, sockaddr_in6). IP addresses are their bytes in
// network order: 4 for IPv4, 16 for IPv6. Text forms are protocol/address/address.ts's business.

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

/** `ip` of 4 or 16 bytes; returns a sockaddr_in (16 bytes) or a sockaddr_in6 (28 bytes). */
export function packAddress(ip: Uint8Array, port: number): Uint8Array {
  if (ip.length === 4) {
    const packed = new Uint8Array(16);
    packed[0] = AF_INET;
    packed[2] = port >> 8;
    packed[3] = port & 255;
    packed.set(ip, 4);
    return packed;
  }
  const packed = new Uint8Array(ADDRESS_SIZE);
  packed[0] = AF_INET6;
  packed[2] = port >> 8;
  packed[3] = port & 255;
  packed.set(ip, 8);
  return packed;
}

/** The inverse of `packAddress`; an address of another family becomes 0.0.0.0:0. */
export function unpackAddress(packed: Uint8Array): Endpoint {
  const port = (packed[2] << 8) | packed[3];
  if (packed[0] === AF_INET6) return { ip: packed.slice(8, 24), port };
  if (packed[0] === AF_INET) return { ip: packed.slice(4, 8), port };
  return { ip: new Uint8Array(4), port: 0 };
}
