// The errno values that the gateway tells apart, and the name of any errno. Linux numbers, taken from Node.
import { constants } from 'node:os';

const { errno } = constants;

export const EAGAIN = errno.EAGAIN;
export const EINTR = errno.EINTR;
export const EINPROGRESS = errno.EINPROGRESS;
export const ECANCELED = errno.ECANCELED;
export const ENOBUFS = errno.ENOBUFS;
export const ENOMEM = errno.ENOMEM;
export const EMFILE = errno.EMFILE;
export const ENFILE = errno.ENFILE;
export const EADDRINUSE = errno.EADDRINUSE;
export const EADDRNOTAVAIL = errno.EADDRNOTAVAIL;
export const EACCES = errno.EACCES;
export const EPERM = errno.EPERM;
export const ECONNREFUSED = errno.ECONNREFUSED;
export const ECONNRESET = errno.ECONNRESET;
export const ECONNABORTED = errno.ECONNABORTED;
export const EPIPE = errno.EPIPE;
export const ETIMEDOUT = errno.ETIMEDOUT;
export const EHOSTUNREACH = errno.EHOSTUNREACH;
export const ENETUNREACH = errno.ENETUNREACH;
export const ENETDOWN = errno.ENETDOWN;
export const EAFNOSUPPORT = errno.EAFNOSUPPORT;
export const EINVAL = errno.EINVAL;
export const EPROTO = errno.EPROTO;
export const EBUSY = errno.EBUSY;
export const ETIME = errno.ETIME;
export const ENOPROTOOPT = errno.ENOPROTOOPT;
export const EOPNOTSUPP = errno.EOPNOTSUPP;
// Node does not have these two.
export const ENONET = 64;
export const EHOSTDOWN = 112;

const names = new Map(Object.entries({ ...errno, ENONET, EHOSTDOWN }).map(([name, value]) => [value, name]));

/** `ECONNREFUSED` for 111 or -111. */
export function errnoName(value: number): string {
  return names.get(Math.abs(value)) ?? `errno ${Math.abs(value)}`;
}
