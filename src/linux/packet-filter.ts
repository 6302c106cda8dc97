// Attaches a program of the kernel's classic BPF (linux/filter.h) to a socket: what it turns away does not come in.
import * as libc from './libc.js';
import { mapMemory, unmap } from './memory.js';

const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;

export interface Instruction {
  readonly code: number;
  /** Instructions to skip if the condition holds, and if it does not. */
  readonly met?: number;
  readonly otherwise?: number;
  readonly value: number;
}

/** One octet, or two in network order, at a place. */
export const LOAD_OCTET = 0x30;
export const LOAD_TWO = 0x28;
export const JUMP_IF_SAME = 0x15;
export const JUMP_IF_GREATER = 0x25;
export const JUMP_IF_SET = 0x45;
export const RETURN = 0x06;
/** What a program returns for what may come in, and for what may not. */
export const WHOLE = 0x7fff_ffff;
export const NOTHING = 0;

/** struct sock_fprog: the number of instructions, and their address. */
const FPROG_SIZE = 16;
const INSTRUCTION_SIZE = 8;

/** Returns 0, or a negated errno. */
export function attachFilter(fd: number, program: readonly Instruction[]): number {
  const memory = mapMemory(4096);
  try {
    const view = new DataView(memory.bytes.buffer, memory.bytes.byteOffset);
    const at = memory.address + FPROG_SIZE;
    view.setUint16(0, program.length, true);
    view.setBigUint64(INSTRUCTION_SIZE, BigInt(at), true);
    for (const [index, { code, met = 0, otherwise = 0, value }] of program.entries()) {
      const offset = FPROG_SIZE + index * INSTRUCTION_SIZE;
      view.setUint16(offset, code, true);
      view.setUint8(offset + 2, met);
      view.setUint8(offset + 3, otherwise);
      view.setUint32(offset + 4, value, true);
    }
    return libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, memory.address, FPROG_SIZE);
  } finally {
    unmap(memory);
  }
}
