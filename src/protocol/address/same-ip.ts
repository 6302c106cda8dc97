// Whether two addresses as bytes are one and the same, as they stand: an IPv4 address and its v4-mapped form differ.

export function sameIp(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
