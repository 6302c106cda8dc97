// Memory outside the JavaScript heap whose address never changes: for what the kernel reads and writes. It outlives
// the thread that mapped it; whoever maps it unmaps it.
import * as libc from './libc.js';

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS = 0x22;

export interface Memory {
  readonly address: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly ints: Int32Array;
}

function memoryAt(address: number, size: number): Memory {
  const buffer = libc.viewOf(address, size);
  return {
    address,
    size,
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    ints: new Int32Array(buffer),
  };
}

/** Zeroed pages of this process's own; `size` in bytes, a multiple of 4. Throws when there is no memory. */
export function mapMemory(size: number): Memory {
  const address = libc.mmap(size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (address < 0) throw new Error(`mmap of ${size} bytes failed: errno ${-address}`);
  return memoryAt(address, size);
}

/** A part of what `fd` (an io_uring) offers for sharing; a negated errno where it cannot be had. */
export function mapShared(fd: number, size: number, offset: number): Memory | number {
  const address = libc.mmap(size, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
  return address < 0 ? address : memoryAt(address, size);
}

/** Gives the pages back. No view of them may be touched afterwards. */
export function unmap(memory: { readonly address: number; readonly size: number }): void {
  libc.munmap(memory.address, memory.size);
}
