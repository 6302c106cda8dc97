// The checks for the fields of one line in the upstream tree. It does not walk the tree: see upstream.ts.
import { accessSync, constants } from 'node:fs';
import { askedName, normaliseName } from '../../../../protocol/address/host-name.js';
import type { ProxyKind } from '../../../../protocol/lines/line.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { fileAt, type Place } from '../../diagnostics/place.js';
import { canonicalAddress, dialledAddress } from '../values/address.js';
import { isPath } from '../values/ca-file.js';
import { isOwnAddress } from '../values/own-addresses.js';
import { whyNoAddress, whyNoInterface, whyNoMark } from '../values/own-interfaces.js';
import type { Check } from '../values/setting.js';

const NAME_LENGTH_MAX = 64;
/** SO_MARK is an unsigned number of 32 bits. */
const MARK_MAX = 0xffff_ffff;

/** It stands in addresses of the API, where `.` and `..` are no names, however they are written (RFC 3986, 5.2.4). */
export const checkName: Check<string> = (value, place, diagnostics) => {
  const fits =
    typeof value === 'string' && value.length >= 1 && value.length <= NAME_LENGTH_MAX && !/\p{C}/u.test(value);
  if (fits && value !== '.' && value !== '..') return value;
  diagnostics.reject(place, value, `a text of 1 to ${NAME_LENGTH_MAX} printable characters, other than "." and ".."`);
  return undefined;
};

const SOURCE_ALLOWED = 'an IP address of this machine, 0.0.0.0 or :: for any, or "auto" beside an "interface"';

/** Returns `any` for 0.0.0.0 and ::, which bind nothing. */
export const checkSourceIp: Check<string> = (value, place, diagnostics) => {
  if (value === 'auto') return value;
  const address = typeof value === 'string' ? dialledAddress(value) : undefined;
  if (address === undefined) diagnostics.reject(place, value, SOURCE_ALLOWED);
  if (address === '0.0.0.0' || address === '::') return 'any';
  if (address !== undefined && !isOwnAddress(address)) {
    diagnostics.warn(place, `${address} is not an address of this machine now: the line fails until it is`);
  }
  return address;
};

/** For `source_ip: "auto"`: the interface is `device`, or undefined where none could be read. */
export function checkAutoSource(
  hasInterface: boolean,
  device: string | undefined,
  place: Place,
  diagnostics: Diagnostics,
): void {
  if (!hasInterface) {
    const what = '"auto" is the address of the "interface" of the line, which has none';
    diagnostics.error(place, `${what}; allowed: ${SOURCE_ALLOWED}`);
  }
  const why = device === undefined ? undefined : whyNoAddress(device);
  if (why !== undefined) diagnostics.warn(place, why);
}

export const checkSourcePort: Check<number> = (value, place, diagnostics) => {
  if (isPort(value)) return value;
  diagnostics.reject(place, value, 'an integer from 0 to 65535, 0 for any');
  return undefined;
};

/** The name of an interface has at most 15 bytes (IFNAMSIZ), and is a folder of /sys/class/net. */
export const checkInterface: Check<string> = (value, place, diagnostics) => {
  const fits = typeof value === 'string' && /^[!-.0-~]{1,15}$/.test(value) && value !== '.' && value !== '..';
  if (!fits) {
    diagnostics.reject(place, value, 'the name of a network interface, of at most 15 bytes, such as "eth0"');
    return undefined;
  }
  const why = whyNoInterface(value);
  if (why !== undefined) diagnostics.warn(place, why);
  return value;
};

/** 0 is no mark. */
export const checkMark: Check<number> = (value, place, diagnostics) => {
  if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > MARK_MAX) {
    diagnostics.reject(place, value, `an integer from 0 to ${MARK_MAX}, 0 for none`);
    return undefined;
  }
  const why = value === 0 ? undefined : whyNoMark(Number(value));
  if (why !== undefined) diagnostics.warn(place, why);
  return Number(value);
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

/** A name or an address, as in a certificate. */
export const checkServerName: Check<string> = (value, place, diagnostics) => {
  const name = typeof value === 'string' ? (canonicalAddress(value) ?? normaliseName(value)) : undefined;
  if (name === undefined) diagnostics.reject(place, value, "the name in the proxy's certificate");
  return name;
};

export const checkProxyCaFile: Check<string> = (value, place, diagnostics) => {
  if (!isPath(value)) {
    diagnostics.reject(place, value, 'a path');
    return undefined;
  }
  const file = fileAt(place, value);
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    diagnostics.warn(place, `${JSON.stringify(value)} cannot be read (${code}): the line fails until it can`);
  }
  return file;
};

/** The credentials of one kind of proxy: a check for each that it has. */
export interface CredentialChecks {
  readonly username: Check<string>;
  readonly password: Check<string> | undefined;
}

/** RFC 1929 section 2: the length is one octet, and not zero. */
const socks5Credential = credential(255);
/** RFC 7617 section 2. A request with the longest ones still fits into the first packets of a connection. */
const basic: CredentialChecks = {
  username: credential(1024, /[:\p{Cc}]/u, ', without a colon and control characters'),
  password: credential(1024, /\p{Cc}/u, ', without control characters'),
};
export const CREDENTIALS: Readonly<Record<ProxyKind, CredentialChecks>> = {
  socks5: { username: socks5Credential, password: socks5Credential },
  // The user id ends with a NUL.
  socks4: { username: credential(255, /\0/, ', without NUL'), password: undefined },
  http: basic,
  https: basic,
};

function credential(bytes_max: number, without?: RegExp, except = ''): Check<string> {
  return (value, place, diagnostics) => {
    const bytes = typeof value === 'string' ? Buffer.byteLength(value) : 0;
    if (typeof value === 'string' && bytes >= 1 && bytes <= bytes_max && without?.test(value) !== true) return value;
    diagnostics.reject(place, value, `a text (in quotes) of 1 to ${bytes_max} bytes${except}`);
    return undefined;
  };
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65535;
}
