// Signatures of news by Ed25519 (RFC 8032): who has the secret of the site can still not speak for another gateway. Keys of others
// stand in the configuration as the base64 of their 32 octets.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

export const SIGNATURE_OCTETS = 64;
const PUBLIC_OCTETS = 32;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** Undefined for what is not the base64 of 32 octets. */
export function publicKey(base64: string): KeyObject | undefined {
  if (!BASE64.test(base64)) return undefined;
  const x = Buffer.from(base64, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Undefined for what is no private key of Ed25519 in PEM (PKCS #8) without a passphrase. */
export function signKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The public key of a private or public one, as configurations have it. */
export function publicText(key: KeyObject): string {
  const isPublic = key.type === 'public';
  const spki = (isPublic ? key : createPublicKey(key)).export({ type: 'spki', format: 'der' });
  return spki.subarray(spki.length - PUBLIC_OCTETS).toString('base64');
}

/** `site`: what was signed for one site says nothing in another. */
export function signed(body: Uint8Array, site: string, key: KeyObject): Buffer {
  return sign(null, textOf(body, site), key);
}

export function isSignedBy(body: Uint8Array, site: string, signature: Uint8Array, key: KeyObject): boolean {
  return signature.length === SIGNATURE_OCTETS && verify(null, textOf(body, site), key, signature);
}

/** No site has a blank in its name. */
const textOf = (body: Uint8Array, site: string): Buffer =>
  Buffer.concat([Buffer.from(`tcproute news 1 ${site} `), body]);
