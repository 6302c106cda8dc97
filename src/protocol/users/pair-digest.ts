// The digest by which a pair of name and password is compared and remembered: HMAC-SHA-256 under a random key of the process.
// The time of a comparison tells nothing of a pair, since nobody outside can know its digest.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** Octets of the key: those of a SHA-256. */
export const KEY_OCTETS = 32;
const NOWHERE = new Uint8Array(0);

export class PairDigest {
  readonly #key: KeyObject;

  /** `key`: random, KEY_OCTETS long. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** 32 characters, one for each octet. `where`: with it, the digest of the pair as it comes from there. */
  of(name: string, password: string, where: Uint8Array = NOWHERE): string {
    // The lengths keep the parts apart.
    const pair = `${name.length} ${password.length} ${name}${password}`;
    return createHmac('sha256', this.#key).update(pair).update(where).digest('binary');
  }
}
