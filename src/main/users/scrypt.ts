// scrypt in libuv's threads: hashes a new password, and verifies one against a hash. One call takes some 40 ms of a core and
// 32 MiB with the usual parameters; the caller bounds how many run at a time.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import type { ScryptHash } from '../../protocol/users/phc.js';

/** For new hashes: N = 2^15. */
const PARAMETERS = { ln: 15, r: 8, p: 1 };
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;

type Parameters = Pick<ScryptHash, 'ln' | 'r' | 'p'>;

export async function hashPassword(password: string): Promise<ScryptHash> {
  const salt = randomBytes(SALT_OCTETS);
  return { ...PARAMETERS, salt, hash: await derive(password, salt, HASH_OCTETS, PARAMETERS) };
}

/** Takes as long for a wrong password as for the right one. */
export async function verifyPassword(password: string, { salt, hash, ...parameters }: ScryptHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, salt, hash.length, parameters), hash);
}

function derive(password: string, salt: Uint8Array, octets: number, { ln, r, p }: Parameters): Promise<Buffer> {
  const N = 2 ** ln;
  // What OpenSSL counts: N + p blocks of r × 128 octets, and some to spare.
  const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, octets, options, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
}
