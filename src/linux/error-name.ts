// The name of an errno, for logs and failures. Which errno is which number: see errno.ts.
import { constants } from 'node:os';

const { errno } = constants;
// Node does not have these two.
const ENONET = 64;
const EHOSTDOWN = 112;

/** On Linux these are EAGAIN and EOPNOTSUPP, which are the names in its manual pages and in code that goes by the name. */
const SYNONYMS = new Set(['EWOULDBLOCK', 'ENOTSUP']);

const named = Object.entries({ ...errno, ENONET, EHOSTDOWN }).filter(([name]) => !SYNONYMS.has(name));
const names = new Map(named.map(([name, value]) => [value, name]));

/** `ECONNREFUSED` for 111 or -111. */
export function errorName(value: number): string {
  return names.get(Math.abs(value)) ?? `errno ${Math.abs(value)}`;
}
