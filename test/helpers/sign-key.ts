// A key by which a gateway of a test signs its news.
import { generateKeyPairSync } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

export const SIGN_KEY = {
  /** PKCS #8. */
  pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  /** As `share.gateways` has it. */
  public: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64'),
};
