// A socket that the kernel lets no packet reach: for its peer it is as far away as behind a dead line. Needs no privilege.
import * as libc from '../../src/linux/libc.js';
import { mapMemory } from '../../src/linux/memory.js';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
/** BPF: return 0, which drops all. */
const RETURN = 6;
const FPROG = 16;

const memory = mapMemory(4096);
const view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset);

export function silence(fd: number): number {
  view.setUint16(0, 1, true);
  view.setBigUint64(8, BigInt(memory.address + FPROG), true);
  view.setUint16(FPROG, RETURN, true);
  return libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, memory.address, FPROG);
}

export const unsilence = (fd: number): number => libc.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, memory.address, 4);
