// Checks the gateways of a site: names, each with its public key.
import type { SiteGateway } from '../../../../protocol/share-options.js';
import { inside } from '../../diagnostics/place.js';
import type { Check } from '../values/setting.js';
import { isSiteName, SITE_NAME_ALLOWED } from './names.js';

const GATEWAYS_MAX = 4096;
/** The 32 bytes of a key (RFC 8032 section 5.1.5). */
const KEY_FORM = /^[A-Za-z0-9+/]{43}=$/;
const KEY_ALLOWED = 'the 32 bytes of an Ed25519 public key in base64 (44 characters)';
export const GATEWAYS_ALLOWED = `an object of at most ${GATEWAYS_MAX} entries: the name of a gateway, and ${KEY_ALLOWED}`;

export const checkGateways: Check<readonly SiteGateway[]> = (value, place, diagnostics) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    diagnostics.reject(place, value, GATEWAYS_ALLOWED);
    return undefined;
  }
  const entries = Object.entries(value);
  if (entries.length > GATEWAYS_MAX) {
    diagnostics.error(place, `has ${entries.length} entries; allowed: at most ${GATEWAYS_MAX}`);
    return undefined;
  }
  let areRight = true;
  const names = new Map<string, string>();
  const reject = (name: string, what: string): void => {
    areRight = false;
    diagnostics.error(inside(place, name), what);
  };
  for (const [name, key] of entries) {
    if (!isSiteName(name)) reject(name, `is no name of a gateway; allowed: ${SITE_NAME_ALLOWED}`);
    if (typeof key !== 'string' || !KEY_FORM.test(key)) reject(name, `is no public key; allowed: ${KEY_ALLOWED}`);
    else if (names.has(key)) reject(name, `has the key of "${names.get(key)}"; each gateway needs its own`);
    else names.set(key, name);
  }
  return areRight ? entries.map(([name, key]) => ({ name, key: String(key) })) : undefined;
};
