// HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1) with SHA-256 and no context, for outputs of at most one hash.
import { createHmac } from 'node:crypto';

const HASH_SIZE = 32;

export interface KeyLabel {
  /** The label's structure, and the counter of HKDF-Expand (RFC 5869 section 2.3), which is 1 for the first and only block. */
  readonly info: Uint8Array;
  /** Bytes of output; at most HASH_SIZE. */
  readonly size: number;
}

export function keyLabel(label: string, size: number): KeyLabel {
  const text = Buffer.from(`tls13 ${label}`, 'latin1');
  return { info: Uint8Array.from([0, size, text.length, ...text, 0, 1]), size: Math.min(size, HASH_SIZE) };
}

export const expand = (secret: Uint8Array, { info, size }: KeyLabel): Buffer =>
  createHmac('sha256', secret).update(info).digest().subarray(0, size);
