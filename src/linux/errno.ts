// The errno values that the gateway tells apart. Linux numbers, taken from Node.
import { constants } from 'node:os';

const { errno } = constants;

export const EAGAIN = errno.EAGAIN;
export const EINTR = errno.EINTR;
export const EINPROGRESS = errno.EINPROGRESS;
export const ECANCELED = errno.ECANCELED;
export const ENOBUFS = errno.ENOBUFS;
export const EMSGSIZE = errno.EMSGSIZE;
export const EINVAL = errno.EINVAL;
export const EIO = errno.EIO;
export const EOPNOTSUPP = errno.EOPNOTSUPP;
export const EMFILE = errno.EMFILE;
export const EADDRINUSE = errno.EADDRINUSE;
export const EADDRNOTAVAIL = errno.EADDRNOTAVAIL;
export const EPERM = errno.EPERM;
export const ECONNREFUSED = errno.ECONNREFUSED;
export const ECONNRESET = errno.ECONNRESET;
export const ECONNABORTED = errno.ECONNABORTED;
export const EPIPE = errno.EPIPE;
export const EHOSTUNREACH = errno.EHOSTUNREACH;
export const ENETUNREACH = errno.ENETUNREACH;
export const ENETDOWN = errno.ENETDOWN;
export const ENODEV = errno.ENODEV;
export const EPROTO = errno.EPROTO;
export const EBUSY = errno.EBUSY;
export const ETIME = errno.ETIME;
