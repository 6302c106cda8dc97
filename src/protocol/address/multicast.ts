// Addresses of many hosts at a time (RFC 5771, RFC 4291 section 2.7, and the broadcast address of RFC 919): what one client sends
// there, every program of the gateway's network hears.

export const isMulticast = (ip: Uint8Array): boolean =>
  ip.length === 4 ? (ip[0] & 0xf0) === 0xe0 || ip.every((octet) => octet === 255) : ip[0] === 0xff;
