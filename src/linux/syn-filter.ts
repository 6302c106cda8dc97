// Keeps new clients from a listening TCP socket that is about to be closed, while those that are connected are accepted. Without
// it the kernel would reset a client that comes between the last accept and the close. One that is kept away sends its SYN again
// a second later, and is refused or comes to another socket.
import * as libc from './libc.js';
import { mapMemory, unmap } from './memory.js';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;

// A program for the kernel's classic BPF (linux/filter.h), which begins at the TCP header.
const LOAD_OCTET = 0x30;
const JUMP_IF_SET = 0x45;
const RETURN = 0x06;
const FLAGS_OCTET = 13;
const SYN = 2;
const WHOLE = 0x7fff_ffff;

interface Instruction {
  readonly code: number;
  /** Instructions to skip if the condition does not hold. */
  readonly otherwise?: number;
  readonly value: number;
}

const PROGRAM: readonly Instruction[] = [
  { code: LOAD_OCTET, value: FLAGS_OCTET },
  { code: JUMP_IF_SET, otherwise: 1, value: SYN },
  { code: RETURN, value: 0 },
  { code: RETURN, value: WHOLE },
];
/** struct sock_fprog: the number of instructions, and their address. */
const FPROG_SIZE = 16;
const INSTRUCTION_SIZE = 8;

/** Returns 0, or a negated errno. Sockets that are accepted from now on have the filter, too, and no use for a SYN. */
export function dropSyns(fd: number): number {
  const memory = mapMemory(4096);
  try {
    const view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset);
    const at = memory.address + FPROG_SIZE;
    view.setUint16(0, PROGRAM.length, true);
    view.setBigUint64(INSTRUCTION_SIZE, BigInt(at), true);
    for (const [index, { code, otherwise = 0, value }] of PROGRAM.entries()) {
      const offset = FPROG_SIZE + index * INSTRUCTION_SIZE;
      view.setUint16(offset, code, true);
      view.setUint8(offset + 3, otherwise);
      view.setUint32(offset + 4, value, true);
    }
    return libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, memory.address, FPROG_SIZE);
  } finally {
    unmap(memory);
  }
}
