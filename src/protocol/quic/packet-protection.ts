// Removes the protection of Initial packets (RFC 9001 sections 5.3 and 5.4): AES-128 for the header, AES-128-GCM for the rest.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { PacketKeys } from './initial-keys.js';
import type { LongPacket } from './long-header.js';

export const TAG_SIZE = 16;
const SAMPLE_SIZE = 16;
/** The sample begins where the payload would if the packet number had all its bytes. */
const NUMBER_SIZE_MAX = 4;
/** They are 0 once the protection is removed (RFC 9000 section 17.2). */
const RESERVED = 0x0c;

export interface OpenedPacket {
  readonly number: number;
  /** The frames; its own memory. */
  readonly payload: Uint8Array;
}

/**
 * Opens an Initial packet of the datagram in `bytes`, which stays as it is. `expected`: the packet number that is expected
 * next. Undefined if the packet is too short, is not by one who has the keys, or breaks the rules of its header.
 */
export function openInitial(
  keys: PacketKeys,
  bytes: Uint8Array,
  packet: LongPacket,
  expected: number,
): OpenedPacket | undefined {
  const { start, body, end } = packet;
  const sample = body + NUMBER_SIZE_MAX;
  if (sample + SAMPLE_SIZE > end) return undefined;
  const mask = createCipheriv('aes-128-ecb', keys.headerKey, null).update(bytes.subarray(sample, sample + SAMPLE_SIZE));
  const first = bytes[start] ^ (mask[0] & 0x0f);
  const numberSize = (first & 3) + 1;
  const header = Uint8Array.from(bytes.subarray(start, body + numberSize));
  header[0] = first;
  let truncated = 0;
  for (let i = 0; i < numberSize; i += 1) {
    const at = body - start + i;
    header[at] ^= mask[1 + i];
    truncated = truncated * 256 + header[at];
  }
  const number = fullNumber(truncated, numberSize, expected);
  const payload = unsealed(keys.key, nonceOf(keys.iv, number), header, bytes.subarray(body + numberSize, end));
  if (payload === undefined || (first & RESERVED) !== 0) return undefined;
  return { number, payload };
}

/** The packet number closest to the expected one (RFC 9000 appendix A.3). */
export function fullNumber(truncated: number, size: number, expected: number): number {
  const window = 256 ** size;
  const candidate = expected - (expected % window) + truncated;
  if (candidate + window / 2 <= expected) return candidate + window;
  if (candidate > expected + window / 2 && candidate >= window) return candidate - window;
  return candidate;
}

/**
 * The content of what AEAD_AES_128_GCM has sealed: content and tag. Undefined if the tag is not that of the key, of the content, and
 * of `header`, which stands beside it in the clear.
 */
export function unsealed(
  key: Uint8Array,
  nonce: Uint8Array,
  header: Uint8Array,
  sealed: Uint8Array,
): Buffer | undefined {
  const content = sealed.length - TAG_SIZE;
  if (content < 0) return undefined;
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG_SIZE });
  decipher.setAAD(header).setAuthTag(sealed.subarray(content));
  const payload = decipher.update(sealed.subarray(0, content));
  try {
    decipher.final();
    return payload;
  } catch {
    // The tag is wrong, which node:crypto tells in no other way.
    return undefined;
  }
}

/** The packet number, filled up with zeros on its left, XOR the IV (RFC 9001 section 5.3). */
export function nonceOf(iv: Uint8Array, number: number): Uint8Array {
  const nonce = Uint8Array.from(iv);
  let rest = number;
  for (let at = nonce.length - 1; rest > 0; at -= 1) {
    nonce[at] ^= rest % 256;
    rest = Math.floor(rest / 256);
  }
  return nonce;
}
