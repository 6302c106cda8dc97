// The numbers of SOCKS5 (RFC 1928) that the way in (inbound/socks5.ts) and the way out (outbound/socks5.ts) share.

export const VERSION = 5;
/** Of the exchange of name and password (RFC 1929 section 2). */
export const PASSWORD_VERSION = 1;
export const Method = { none: 0, password: 2, unacceptable: 0xff, depth: 0xd0 } as const;
export const Command = { connect: 1, bind: 2, udpAssociate: 3 } as const;
export const AddressType = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** The REP byte of section 6. */
export const ReplyCode = {
  succeeded: 0,
  generalFailure: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  connectionRefused: 5,
  ttlExpired: 6,
  commandNotSupported: 7,
  addressTypeNotSupported: 8,
} as const;
