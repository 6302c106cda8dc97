// Checks the files of `share` with secrets, keys and certificates, and reads them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readBounded } from '../../../../files/bounded-file.js';
import { utf8Text } from '../../../../files/utf8-text.js';
import type { PemFile, SecretFile } from '../../../../protocol/share-options.js';
import { fileAt } from '../../diagnostics/place.js';
import { isPath } from '../values/ca-file.js';
import { secretOfFile } from '../values/secret.js';
import type { Check } from '../values/setting.js';

const PEM_OCTETS_MAX = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Behind a message about a file that is not there. */
export const MADE_BY = ', which `tcproute fleet key NAME` makes';
export const PEM_ALLOWED = 'the path of a file in PEM';
export const SECRET_ALLOWED = 'the path of a file with at least 32 characters';
export const SIGN_KEY_ALLOWED = 'the path of a file with an Ed25519 private key in PEM (PKCS #8)';

/** A text of at least `least` characters. */
export function checkSecret(least: number, help = ''): Check<SecretFile> {
  return (value, place, diagnostics) => {
    const secret = secretOfFile(value, place, diagnostics, help);
    if (secret.kind !== 'given') return undefined;
    const text = String(secret.value);
    if (text.length >= least) return { path: String(value), secret: text };
    diagnostics.error(place, `the file has ${text.length} characters; needed: at least ${least}`);
    return undefined;
  };
}

export const checkSignKey: Check<SecretFile> = (value, place, diagnostics) => {
  const read = checkSecret(1, MADE_BY)(value, place, diagnostics);
  if (read === undefined || isEd25519(read.secret)) return read;
  diagnostics.error(place, 'the file holds no such key; needed: an Ed25519 private key in PEM (PKCS #8)');
  return undefined;
};

function isEd25519(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

export const checkPem: Check<PemFile> = (value, place, diagnostics) => {
  if (!isPath(value)) {
    diagnostics.reject(place, value, PEM_ALLOWED);
    return undefined;
  }
  const read = readBounded(fileAt(place, value), { octets_max: PEM_OCTETS_MAX });
  const decoded = read.kind === 'read' ? utf8Text(read.bytes) : undefined;
  if (decoded?.kind === 'text' && hasCertificates(decoded.text)) return { path: value, pem: decoded.text };
  const why = read.kind === 'absent' ? 'does not exist' : read.kind === 'unusable' ? read.why : 'holds no certificate';
  diagnostics.error(place, `the file ${why}; needed: certificates in PEM`);
  return undefined;
};

/** One at least, and all can be read. */
function hasCertificates(text: string): boolean {
  const found = text.match(CERTIFICATE) ?? [];
  try {
    for (const one of found) new X509Certificate(one);
  } catch {
    return false;
  }
  return found.length > 0;
}
