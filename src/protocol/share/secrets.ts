// The keys that a site derives from its one secret, by HKDF (RFC 5869). Each is for one purpose, and another site with the same
// secret has others. The engine never sees any of them.
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Octets of the shortest secret of a site. */
export const SECRET_MIN = 32;
const KEY_OCTETS = 32;

export interface SiteSecrets {
  readonly site: string;
  /** Hides what destinations, users and budgets are called in the names of keys. */
  readonly names: KeyObject;
  /** Hides what lines are called. */
  readonly lines: KeyObject;
  /** Of it come the keys of AES: see seal.ts. */
  readonly seal: KeyObject;
}

/** `secret`: the content of the file, at least SECRET_MIN octets. */
export function siteSecrets(secret: Uint8Array, site: string): SiteSecrets {
  if (secret.length < SECRET_MIN) throw new RangeError(`a secret of ${secret.length} octets`);
  const derive = (purpose: string): KeyObject =>
    createSecretKey(new Uint8Array(hkdfSync('sha256', secret, 'tcproute share', `1 ${purpose} ${site}`, KEY_OCTETS)));
  return { site, names: derive('names'), lines: derive('lines'), seal: derive('seal') };
}
