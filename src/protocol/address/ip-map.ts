// A map by IP address that is consulted for every dial: keys are 4 or 16 bytes (not mapped), and a lookup allocates nothing.
// It has no bound of its own: its owner must limit the number of entries.
import { sameIp } from './same-ip.js';

interface Entry<Value> {
  readonly ip: Uint8Array;
  value: Value;
}

export class IpMap<Value> {
  /** Buckets by hash; the hash of an IPv4 address is its value. */
  readonly #buckets = new Map<number, Entry<Value>[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(ip: Uint8Array): Value | undefined {
    if (this.#size === 0) return undefined;
    return find(this.#buckets.get(hash(ip)), ip)?.value;
  }

  set(ip: Uint8Array, value: Value): void {
    const key = hash(ip);
    const bucket = this.#buckets.get(key);
    const entry = find(bucket, ip);
    if (entry !== undefined) {
      entry.value = value;
      return;
    }
    if (bucket === undefined) this.#buckets.set(key, [{ ip, value }]);
    else bucket.push({ ip, value });
    this.#size += 1;
  }

  delete(ip: Uint8Array): void {
    const key = hash(ip);
    const bucket = this.#buckets.get(key);
    const entry = find(bucket, ip);
    if (bucket === undefined || entry === undefined) return;
    bucket.splice(bucket.indexOf(entry), 1);
    if (bucket.length === 0) this.#buckets.delete(key);
    this.#size -= 1;
  }

  *values(): Generator<Value> {
    for (const bucket of this.#buckets.values()) for (const { value } of bucket) yield value;
  }
}

function find<Value>(bucket: readonly Entry<Value>[] | undefined, ip: Uint8Array): Entry<Value> | undefined {
  if (bucket === undefined) return undefined;
  for (const entry of bucket) if (sameIp(entry.ip, ip)) return entry;
  return undefined;
}

/** FNV-1a over 32-bit words. */
function hash(ip: Uint8Array): number {
  if (ip.length === 4) return word(ip, 0);
  let mixed = 0x811c9dc5;
  for (let i = 0; i < 16; i += 4) mixed = Math.imul(mixed ^ word(ip, i), 0x01000193);
  return mixed;
}

function word(ip: Uint8Array, at: number): number {
  return (ip[at] << 24) | (ip[at + 1] << 16) | (ip[at + 2] << 8) | ip[at + 3];
}
