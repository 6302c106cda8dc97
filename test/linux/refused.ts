// A process that takes io_uring away from itself and says what the engine's choice is then (choose.test.ts).
// Argument: `EPERM` or `ENOSYS` (a seccomp filter refuses io_uring_setup with it), `register` (a filter refuses
// io_uring_register with EINVAL, as a kernel without buffer rings does), `fds` (no fd may be opened any more).
import { constants } from 'node:os';
import { openEngine, tryUring } from '../../src/linux/engine/choose.js';
import * as libc from '../../src/linux/libc.js';
import { mapMemory } from '../../src/linux/memory.js';
import { versionText } from '../../src/main/commands/version.js';
import { openFds } from './peers.js';
import { leftOpen } from './world.js';

const SYS_PRCTL = process.arch === 'arm64' ? 167 : 157;
const SYS_IO_URING_SETUP = 425;
const SYS_IO_URING_REGISTER = 427;
const PR_SET_SECCOMP = 22;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_MODE_FILTER = 2;
const RET_ALLOW = 0x7fff_0000;
const RET_ERRNO = 0x0005_0000;
const RLIMIT_NOFILE = 7;

/** Lets the syscall fail with the errno, in this thread. */
function refuse(syscall: number, errno: number): void {
  const memory = mapMemory(4096);
  // struct sock_fprog at 0 (length, pointer), its four struct sock_filter from byte 64 on.
  memory.words[0] = 4;
  memory.words[2] = (memory.address + 64) >>> 0;
  memory.words[3] = Math.floor((memory.address + 64) / 2 ** 32);
  const program = [
    [0x20, 0], // load the syscall's number
    [0x15 | (1 << 24), syscall], // is it the one? if not, skip one
    [0x06, RET_ERRNO | errno],
    [0x06, RET_ALLOW],
  ];
  for (const [i, [head, value]] of program.entries()) {
    memory.words[16 + i * 2] = head;
    memory.words[17 + i * 2] = value;
  }
  libc.syscall(SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
  const result = libc.syscall(SYS_PRCTL, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, memory.address, 0, 0, 0);
  if (result < 0) throw new Error(`seccomp: errno ${-result}`);
}

function setFdLimit(limit: number): void {
  const memory = mapMemory(4096);
  memory.words[0] = limit;
  memory.words[2] = 20_000;
  libc.prlimit(0, RLIMIT_NOFILE, memory.address, 0);
}

function described(choice: 'auto' | 'uring' | 'epoll'): string {
  const chosen = openEngine(choice);
  if ('code' in chosen) return `${chosen.code}: ${chosen.reason}`;
  chosen.engine.destroy();
  return `${chosen.engine.kind}: ${chosen.why ?? 'no reason'}`;
}

const how = process.argv[2];
if (how === 'EPERM' || how === 'ENOSYS') refuse(SYS_IO_URING_SETUP, constants.errno[how]);
if (how === 'register') refuse(SYS_IO_URING_REGISTER, constants.errno.EINVAL);
const before = openFds();
if (how === 'fds') setFdLimit(3);
const tried = tryUring();
const outcome = {
  tried: tried.code === 'works' ? null : tried.reason,
  auto: described('auto'),
  uring: described('uring'),
  epoll: described('epoll'),
  version: how === 'fds' ? null : /^engine .*$/m.exec(await versionText())?.[0],
};
if (how === 'fds') setFdLimit(1024);
console.log(JSON.stringify({ ...outcome, left: leftOpen(before) }));
