// The numbers of SOCKS5 (RFC 1928) that its server and its client share.

export const VERSION = 5;
export const Method = { none: 0, password: 2, unacceptable: 0xff } as const;
export const Command = { connect: 1, bind: 2, udpAssociate: 3 } as const;
export const AddressType = { ipv4: 1, name: 3, ipv6: 4 } as const;
