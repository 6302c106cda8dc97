// Seals values for the engine with AES-256-GCM: who has the engine can read none, and can put none in the place of another. Each
// key of the engine has a key of AES for itself, of the site's, so that a random nonce of 96 bits is enough: 2^32 values under one
// name would be too many. What is sealed: version, nonce, encrypted bytes, tag.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { SiteSecrets } from './secrets.js';

const VERSION = 1;
export const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
const HEAD_OCTETS = 1 + NONCE_OCTETS;
/** By how much a sealed value is longer. */
export const SEAL_OCTETS = HEAD_OCTETS + TAG_OCTETS;
/** No value is larger, whoever wrote it. */
const SEALED_MAX = 16_384;

/** `name`: the key in the engine. `nonce`: NONCE_OCTETS random ones. */
export function seal(secrets: SiteSecrets, name: string, plain: Uint8Array, nonce: Uint8Array): Buffer {
  if (nonce.length !== NONCE_OCTETS) throw new RangeError(`a nonce of ${nonce.length} octets`);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secrets, name), nonce, { authTagLength: TAG_OCTETS });
  cipher.setAAD(Buffer.from(name));
  const encrypted = cipher.update(plain);
  cipher.final();
  return Buffer.concat([Buffer.of(VERSION), nonce, encrypted, cipher.getAuthTag()]);
}

/** Undefined for what was not sealed under this name by a gateway of the site, or has changed since. */
export function unseal(secrets: SiteSecrets, name: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < SEAL_OCTETS || sealed.length > SEALED_MAX || sealed[0] !== VERSION) return undefined;
  const nonce = sealed.subarray(1, HEAD_OCTETS);
  const end = sealed.length - TAG_OCTETS;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secrets, name), nonce, { authTagLength: TAG_OCTETS });
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(HEAD_OCTETS, end));
  try {
    decipher.final();
  } catch {
    // The tag is wrong, which node:crypto tells in no other way.
    return undefined;
  }
  return plain;
}

const keyOf = (secrets: SiteSecrets, name: string): Buffer => createHmac('sha256', secrets.seal).update(name).digest();
