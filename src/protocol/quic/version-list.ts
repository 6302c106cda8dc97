// The versions of a Version Negotiation packet (RFC 9000 section 17.2.1).
import { type LongPacket, readUint32 } from './long-header.js';

/** Whether the packet lists a version; undefined if its list is empty or broken. */
export function lists(bytes: Uint8Array, { body, end }: LongPacket, version: number): boolean | undefined {
  if (end === body || (end - body) % 4 !== 0) return undefined;
  for (let at = body; at < end; at += 4) if (readUint32(bytes, at) === version) return true;
  return false;
}
