// Recognises by its first bytes which protocol a client speaks that does not speak SOCKS5, so that a client with a wrong
// setting can be named to the operator. It refuses nothing.

export type ForeignProtocol = 'HTTP' | 'SOCKS4' | 'TLS';

const METHODS = ['GET ', 'POST ', 'PUT ', 'HEAD ', 'CONNECT ', 'OPTIONS ', 'DELETE ', 'PATCH ', 'TRACE ', 'PRI '];
/** Letters of a method that are enough when no more have arrived. */
const METHOD_LEAST = 3;
const SOCKS4 = 4;
const TLS_HANDSHAKE = 22;

/** The protocol of the bytes from `start` to `end`, which are not SOCKS5; undefined when it is none of these. */
export function foreignProtocol(bytes: Uint8Array, start: number, end: number): ForeignProtocol | undefined {
  const size = end - start;
  if (size < 2) return undefined;
  const [first, second] = [bytes[start], bytes[start + 1]];
  // CONNECT or BIND.
  if (first === SOCKS4) return second === 1 || second === 2 ? 'SOCKS4' : undefined;
  if (first === TLS_HANDSHAKE) return second === 3 ? 'TLS' : undefined;
  if (size < METHOD_LEAST) return undefined;
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 8)));
  return METHODS.some((method) => (text.length < method.length ? method.startsWith(text) : text.startsWith(method)))
    ? 'HTTP'
    : undefined;
}
