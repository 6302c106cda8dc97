// Builds ClientHellos (RFC 8446 section 4.1.2) byte by byte, with the parts that a test wants. Not a client: the keys in
// them are not real, so a server that reads them answers, but no handshake succeeds.

export interface HelloParts {
  readonly serverName?: string;
  readonly earlyData?: boolean;
  /** Protocols of ALPN (RFC 7301), such as `h3`. */
  readonly protocols?: readonly string[];
  /** Offers a session to resume, in the last extension, as the RFC demands. */
  readonly psk?: boolean;
  /** Size of a key share in bytes; X25519MLKEM768 has 1216. */
  readonly keyShare?: number;
  /** Size of a padding extension (RFC 7685) in bytes, without its header. */
  readonly padding?: number;
  /** No list of extensions at all, as in SSL 3.0. */
  readonly bare?: boolean;
  /** Bytes of the message in each record but the last; default all. */
  readonly recordSize?: number;
  readonly recordVersion?: number;
}

const uint16 = (value: number) => [value >> 8, value & 255];
/** Puts the length before the bytes, in two bytes. */
const vector = (bytes: readonly number[]) => [...uint16(bytes.length), ...bytes];
const extension = (type: number, content: readonly number[]) => [...uint16(type), ...vector(content)];
const filled = (size: number, value: number) => Array<number>(size).fill(value);

/** The records of a message, with at most `recordSize` of its bytes in each. */
export function inRecords(message: Uint8Array, recordSize: number, version = 0x0301): Uint8Array {
  const records: number[] = [];
  for (let at = 0; at < message.length; at += recordSize) {
    const part = message.subarray(at, at + recordSize);
    records.push(22, ...uint16(version), ...uint16(part.length), ...part);
  }
  return Uint8Array.from(records);
}

function extensions({ serverName, protocols, earlyData, psk, keyShare, padding }: HelloParts): number[] {
  const list = [
    // GREASE (RFC 8701), then the versions, groups and signature algorithms that a server looks for.
    ...extension(0x2a2a, []),
    ...extension(43, [4, 3, 4, 3, 3]),
    ...extension(10, vector([0, 29])),
    ...extension(13, vector([4, 3, 8, 4])),
    ...extension(45, [1, 1]),
  ];
  if (serverName !== undefined) list.push(...extension(0, vector([0, ...vector([...Buffer.from(serverName)])])));
  if (protocols !== undefined) {
    list.push(...extension(16, vector(protocols.flatMap((name) => [name.length, ...Buffer.from(name)]))));
  }
  if (keyShare !== undefined) list.push(...extension(51, vector([0x11, 0xec, ...vector(filled(keyShare, 7))])));
  if (padding !== undefined) list.push(...extension(21, filled(padding, 0)));
  if (earlyData === true) list.push(...extension(42, []));
  if (psk === true) {
    const identity = [...vector([1, 2, 3, 4]), 0, 0, 0, 0];
    list.push(...extension(41, [...vector(identity), ...vector([32, ...filled(32, 5)])]));
  }
  return list;
}

export function clientHello(parts: HelloParts = {}): Uint8Array {
  const head = [3, 3, ...filled(32, 0xaa), 32, ...filled(32, 0xbb), ...vector([0x3a, 0x3a, 0x13, 1, 0xc0, 0x2f]), 1, 0];
  const body = parts.bare === true ? head : [...head, ...vector(extensions(parts))];
  const message = Uint8Array.from([1, 0, ...vector(body)]);
  return inRecords(message, parts.recordSize ?? message.length, parts.recordVersion);
}
