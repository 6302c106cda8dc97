// A site for tests: its secrets, and gateways with keys of their own.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { siteSecrets } from '../../../src/protocol/share/secrets.js';

export const SECRETS = siteSecrets(Buffer.alloc(32, 7), 'main');
export const OTHERS = siteSecrets(Buffer.alloc(32, 8), 'main');
export const NONCE = Buffer.alloc(12, 1);

/** The private key of which each octet is the number. */
export function privateKey(number: number): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, number)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

export const publicOf = (key: KeyObject): KeyObject => createPublicKey(key);

/** The bytes with one bit of one octet changed, at each place in turn. */
export function damaged(bytes: Uint8Array): Buffer[] {
  return Array.from(bytes, (octet, at) => {
    const copy = Buffer.from(bytes);
    copy[at] = octet ^ (1 << (at % 8));
    return copy;
  });
}

/** Every beginning of the bytes, and the bytes with one more. */
export function cut(bytes: Uint8Array): Buffer[] {
  const shorter = Array.from(bytes, (_, at) => Buffer.from(bytes.subarray(0, at)));
  return [...shorter, Buffer.concat([bytes, Buffer.of(0)])];
}
