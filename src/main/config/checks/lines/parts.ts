// The checks for the fields of one line in the upstream tree. It does not walk the tree: see upstream.ts.
import { askedName } from '../../../../protocol/address/host-name.js';
import { canonicalAddress, dialledAddress } from '../values/address.js';
import { isOwnAddress } from '../values/own-addresses.js';
import type { Check } from '../values/setting.js';

const NAME_LENGTH_MAX = 64;
/** RFC 1929 section 2: the length is one octet, and not zero. */
const CREDENTIAL_BYTES_MAX = 255;

export const checkName: Check<string> = (value, place, diagnostics) => {
  const fits =
    typeof value === 'string' && value.length >= 1 && value.length <= NAME_LENGTH_MAX && !/\p{C}/u.test(value);
  if (fits) return value;
  diagnostics.reject(place, value, `a text of 1 to ${NAME_LENGTH_MAX} printable characters`);
  return undefined;
};

/** Returns `any` for 0.0.0.0 and ::, which bind nothing. */
export const checkSourceIp: Check<string> = (value, place, diagnostics) => {
  const address = typeof value === 'string' ? dialledAddress(value) : undefined;
  if (address === undefined)
    diagnostics.reject(place, value, 'an IP address of this machine, or 0.0.0.0 or :: for any');
  if (address === '0.0.0.0' || address === '::') return 'any';
  if (address !== undefined && !isOwnAddress(address)) {
    diagnostics.warn(place, `${address} is not an address of this machine now: the line fails until it is`);
  }
  return address;
};

export const checkSourcePort: Check<number> = (value, place, diagnostics) => {
  if (isPort(value)) return value;
  diagnostics.reject(place, value, 'an integer from 0 to 65535, 0 for any');
  return undefined;
};

export const checkPort: Check<number> = (value, place, diagnostics) => {
  if (isPort(value) && value > 0) return value;
  diagnostics.reject(place, value, 'the port on which the proxy itself listens, from 1 to 65535');
  return undefined;
};

export const checkProxyHost: Check<string> = (value, place, diagnostics) => {
  const host = typeof value === 'string' ? (canonicalAddress(value) ?? askedName(value)) : undefined;
  if (host === undefined) diagnostics.reject(place, value, 'the IP address or name of the proxy itself');
  return host;
};

export const checkCredential: Check<string> = (value, place, diagnostics) => {
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : 0;
  if (typeof value === 'string' && bytes >= 1 && bytes <= CREDENTIAL_BYTES_MAX) return value;
  diagnostics.reject(place, value, `a text (in quotes) of 1 to ${CREDENTIAL_BYTES_MAX} bytes`);
  return undefined;
};

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535;
}
