// The C library through koffi: the syscalls that the data plane uses, as typed functions. Each returns the syscall's
// result, or the negated errno where it failed; none throws. Pointers are plain numbers (addresses of memory from
// memory.ts), so a call converts nothing. Nothing is retried here, not even EINTR.
import koffi from 'koffi';

if (process.platform !== 'linux') {
  throw new Error(`TcpRoute talks to the Linux kernel directly and cannot run on ${process.platform}`);
}

// The symbols of this process: the C library (glibc or musl), and libuv and V8 as Node exports them for addons.
const self = koffi.load(null);

/** For `--version`. */
export const koffiVersion: string = koffi.version;

type Numbers = (...numbers: number[]) => number;

function syscallFunction(name: string, returns: 'int' | 'long', parameters: readonly string[]): Numbers {
  const raw = self.func(name, returns, [...parameters]) as unknown as Numbers;
  // One wrapper for each number of parameters: rest parameters would allocate an array on every call.
  switch (parameters.length) {
    case 1:
      return (a) => {
        const result = raw(a);
        return result < 0 ? -koffi.errno() : result;
      };
    case 2:
      return (a, b) => {
        const result = raw(a, b);
        return result < 0 ? -koffi.errno() : result;
      };
    case 3:
      return (a, b, c) => {
        const result = raw(a, b, c);
        return result < 0 ? -koffi.errno() : result;
      };
    case 4:
      return (a, b, c, d) => {
        const result = raw(a, b, c, d);
        return result < 0 ? -koffi.errno() : result;
      };
    case 5:
      return (a, b, c, d, e) => {
        const result = raw(a, b, c, d, e);
        return result < 0 ? -koffi.errno() : result;
      };
    case 6:
      return (a, b, c, d, e, f) => {
        const result = raw(a, b, c, d, e, f);
        return result < 0 ? -koffi.errno() : result;
      };
    default:
      return (a, b, c, d, e, f, g) => {
        const result = raw(a, b, c, d, e, f, g);
        return result < 0 ? -koffi.errno() : result;
      };
  }
}

const int = 'int';
const size = 'size_t';
const address = 'size_t';

/** (family, type, protocol) → fd */
export const socket = syscallFunction('socket', 'int', [int, int, int]);
/** (family, type, protocol, pointer to two ints) */
export const socketpair = syscallFunction('socketpair', 'int', [int, int, int, address]);
/** (fd, address, length) */
export const bind = syscallFunction('bind', 'int', [int, address, 'uint']);
/** (fd, backlog) */
export const listen = syscallFunction('listen', 'int', [int, int]);
/** (fd, address, length pointer, flags) → fd */
export const accept4 = syscallFunction('accept4', 'int', [int, address, address, int]);
/** (fd, address, length) */
export const connect = syscallFunction('connect', 'int', [int, address, 'uint']);
/** (fd, level, option, value pointer, length) */
export const setsockopt = syscallFunction('setsockopt', 'int', [int, int, int, address, 'uint']);
/** (fd, level, option, value pointer, length pointer) */
export const getsockopt = syscallFunction('getsockopt', 'int', [int, int, int, address, address]);
/** (fd, address, length pointer) */
export const getsockname = syscallFunction('getsockname', 'int', [int, address, address]);
/** (fd, address, length pointer) */
export const getpeername = syscallFunction('getpeername', 'int', [int, address, address]);
/** (fd, address, bytes, flags) → bytes */
export const recv = syscallFunction('recv', 'long', [int, address, size, int]);
/** (fd, address, bytes, flags) → bytes */
export const send = syscallFunction('send', 'long', [int, address, size, int]);
/** (fd, message header, flags) → bytes */
export const sendmsg = syscallFunction('sendmsg', 'long', [int, address, int]);
/** (fd, message header, flags) → bytes */
export const recvmsg = syscallFunction('recvmsg', 'long', [int, address, int]);
/** (fd, message headers, count, flags) → messages */
export const sendmmsg = syscallFunction('sendmmsg', 'int', [int, address, 'uint', int]);
/** (fd, message headers, count, flags, timeout pointer) → messages */
export const recvmmsg = syscallFunction('recvmmsg', 'int', [int, address, 'uint', int, address]);
/** (name, flags) → fd */
export const memfd_create = syscallFunction('memfd_create', 'int', [address, 'uint']);
/** (fd, how) */
export const shutdown = syscallFunction('shutdown', 'int', [int, int]);
/** (fd) */
export const close = syscallFunction('close', 'int', [int]);
/** (pointer to two ints, flags) */
export const pipe2 = syscallFunction('pipe2', 'int', [address, int]);
/** (fd, command, argument) */
export const fcntl = syscallFunction('fcntl', 'int', [int, int, int]);
/** (fd, operation) */
export const flock = syscallFunction('flock', 'int', [int, int]);
/** (fd in, 0, fd out, 0, bytes, flags) → bytes */
export const splice = syscallFunction('splice', 'long', [int, address, int, address, size, 'uint']);
/** (pollfd array, count, timeout_ms) → ready count */
export const poll = syscallFunction('poll', 'int', [address, 'ulong', int]);
/** (initial value, flags) → fd */
export const eventfd = syscallFunction('eventfd', 'int', ['uint', int]);
/** (fd, address, bytes) → bytes */
export const write = syscallFunction('write', 'long', [int, address, size]);
/** (flags) → fd */
export const epoll_create1 = syscallFunction('epoll_create1', 'int', [int]);
/** (epoll fd, operation, fd, event pointer) */
export const epoll_ctl = syscallFunction('epoll_ctl', 'int', [int, int, int, address]);
/** (epoll fd, events pointer, count, timeout_ms) → count */
export const epoll_wait = syscallFunction('epoll_wait', 'int', [int, address, int, int]);
/** (pid, resource, new limit pointer, old limit pointer) */
export const prlimit = syscallFunction('prlimit', 'int', [int, int, address, address]);
/** (number, six arguments), for syscalls without a function in glibc: io_uring_setup, io_uring_enter, io_uring_register. */
export const syscall = syscallFunction('syscall', 'long', ['long', 'long', 'long', 'long', 'long', 'long', 'long']);

/** (status). Does not return. */
export const _exit = self.func('_exit', 'void', [int]) as unknown as (status: number) => void;
/** (number, handler or 1 for SIG_IGN) */
export const signal = self.func('signal', size, [int, address]) as unknown as (
  number: number,
  handler: number,
) => number;

const mmapRaw = self.func('void* mmap(void*, size_t, int, int, int, long)') as (...values: unknown[]) => bigint;
const munmapRaw = self.func('munmap', 'int', ['size_t', 'size_t']) as unknown as Numbers;

/** mmap(2): the address, or a negated errno. */
export function mmap(bytes: number, protection: number, flags: number, fd: number, offset: number): number {
  const result = BigInt.asUintN(64, BigInt(mmapRaw(null, bytes, protection, flags, fd, offset) ?? 0n));
  return result === 0xffff_ffff_ffff_ffffn ? -koffi.errno() : Number(result);
}

/** munmap(2): 0, or a negated errno. */
export function munmap(start: number, bytes: number): number {
  return munmapRaw(start, bytes) < 0 ? -koffi.errno() : 0;
}

/** The memory at an address as an ArrayBuffer. The memory must stay mapped while any view of it is used. */
export function viewOf(start: number, bytes: number): ArrayBuffer {
  return koffi.view(BigInt(start), bytes) as ArrayBuffer;
}

/**
 * The epoll fd on which this thread's libuv loop waits: it is readable when Node has something to do.
 * Undefined where this Node does not export the symbols.
 */
export function libuvBackendFd(): number | undefined {
  try {
    const isolate = self.func('void* _ZN2v87Isolate10GetCurrentEv()')() as unknown;
    const loop = self.func('void* _ZN4node19GetCurrentEventLoopEPN2v87IsolateE(void*)')(isolate) as unknown;
    const fd = self.func('int uv_backend_fd(void*)')(loop) as number;
    return fd >= 0 ? fd : undefined;
  } catch {
    return undefined;
  }
}

/** malloc_trim(3), of the memory of all threads. Nothing where the C library has no such function: musl has none. */
export function mallocTrim(): void {
  try {
    self.func('malloc_trim', int, [size])(0);
  } catch {}
}
