// scrypt hashes of passwords as PHC strings: `$scrypt$ln=15,r=8,p=1$SALT$HASH`, with base64 without padding. Strict, and with
// bounds on what a hash costs, so that a configuration cannot take the memory or the cores of the machine. It hashes nothing.

/** The parameters are those of RFC 7914, with N = 2^ln. */
export interface ScryptHash {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export type PhcRead =
  | { readonly code: 'read'; readonly hash: ScryptHash }
  /** `why` is what is allowed; it has no part of the text. */
  | { readonly code: 'invalid'; readonly why: string };

const LN_MAX = 20;
const R_MAX = 32;
const P_MAX = 16;
/** One verification needs N × r × 128 octets: 32 MiB for ln=15, r=8. */
const MEMORY_MAX = 128 * 1024 * 1024;
/** N × r × p of one verification. ln=15, r=8, p=1 is 2^18, and takes 42 ms on a core of today. */
const WORK_MAX = 2 ** 21;
const SALT = { least: 8, most: 64 };
const HASH = { least: 16, most: 64 };

export const PHC_ALLOWED = `$scrypt$ln=15,r=8,p=1$SALT$HASH: ln up to ${LN_MAX}, r up to ${R_MAX}, p up to ${P_MAX}, at most 128 MiB (2^ln × r × 128 octets) and 2^ln × r × p at most 2^21, a salt of ${SALT.least} to ${SALT.most} octets and a hash of ${HASH.least} to ${HASH.most}, both in base64 without padding`;

const NUMBER = '(0|[1-9]\\d{0,3})';
const FORM = new RegExp(`^\\$scrypt\\$ln=${NUMBER},r=${NUMBER},p=${NUMBER}\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)$`);
/** The beginning of a PHC or crypt string of any kind. */
const HASHED = /^\$[a-z0-9-]{1,32}\$/i;

/** Whether a text looks like a hash, of whatever kind: then it is not meant as the password itself. */
export function looksHashed(text: string): boolean {
  return HASHED.test(text);
}

export function readPhc(text: string): PhcRead {
  const [, ln, r, p, salt, hash] = FORM.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return INVALID;
  const read = { ln: Number(ln), r: Number(r), p: Number(p), salt: octetsOf(salt), hash: octetsOf(hash) };
  return isAffordable(read) && isWithin(read.salt, SALT) && isWithin(read.hash, HASH)
    ? { code: 'read', hash: read }
    : INVALID;
}

const INVALID: PhcRead = { code: 'invalid', why: PHC_ALLOWED };

function isAffordable({ ln, r, p }: Pick<ScryptHash, 'ln' | 'r' | 'p'>): boolean {
  if (ln < 1 || ln > LN_MAX || r < 1 || r > R_MAX || p < 1 || p > P_MAX) return false;
  return 2 ** ln * r * 128 <= MEMORY_MAX && 2 ** ln * r * p <= WORK_MAX;
}

const isWithin = (octets: Uint8Array, { least, most }: typeof SALT): boolean =>
  octets.length >= least && octets.length <= most;

export function formatPhc({ ln, r, p, salt, hash }: ScryptHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${textOf(salt)}$${textOf(hash)}`;
}

/** The octets of unpadded base64; none for a text that no encoder writes. */
function octetsOf(text: string): Uint8Array {
  const octets = Buffer.from(text, 'base64');
  return textOf(octets) === text ? octets : new Uint8Array();
}

const textOf = (octets: Uint8Array): string => Buffer.from(octets).toString('base64').replace(/=+$/, '');
