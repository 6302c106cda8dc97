// The first bytes of a tunnel: how the thread that speaks TLS tells a connection actor what came of the connection to a
// proxy. They are one line of JSON; the bytes behind it are the proxy's.
import type { Decoded } from '../decoded.js';
import { FAILURES, type FailureCode } from '../race/failure.js';

/** An fd of another thread. The inode tells whether the number still means the same file. */
interface OtherFd {
  readonly fd: number;
  readonly inode: number;
}

export type TunnelOutcome =
  /** `fd`: the other thread's fd of its end of the tunnel. `tcp`: its fd of the connection to the proxy, and the inode of that. */
  | { readonly code: 'open'; readonly fd: number; readonly tcp: OtherFd }
  | { readonly code: 'failed'; readonly cause: FailureCode; readonly detail: string | undefined };

const LF = 10;
/** A detail is an errno's name or OpenSSL's code; a longer one is cut. */
const DETAIL_MAX = 100;
const SIZE_MAX = 512;

export function encodeOutcome(outcome: TunnelOutcome): Uint8Array {
  const short = outcome.code === 'open' ? outcome : { ...outcome, detail: outcome.detail?.slice(0, DETAIL_MAX) };
  return Buffer.from(`${JSON.stringify(short)}\n`, 'utf8');
}

export function decodeOutcome(bytes: Uint8Array): Decoded<TunnelOutcome, 'broken'> {
  const size = bytes.indexOf(LF) + 1;
  if (size === 0) return bytes.length > SIZE_MAX ? { kind: 'invalid', code: 'broken' } : { kind: 'incomplete' };
  const value = parsed(Buffer.from(bytes.buffer, bytes.byteOffset, size).toString('utf8'));
  return value === undefined ? { kind: 'invalid', code: 'broken' } : { kind: 'message', value, size };
}

function parsed(text: string): TunnelOutcome | undefined {
  try {
    const value = JSON.parse(text) as TunnelOutcome | null;
    if (value?.code === 'open')
      return [value.fd, value.tcp?.fd, value.tcp?.inode].every(Number.isSafeInteger) ? value : undefined;
    return value?.code === 'failed' && Object.hasOwn(FAILURES, value.cause) ? value : undefined;
  } catch {
    return undefined;
  }
}
