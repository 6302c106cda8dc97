// Memory outside the JavaScript heap, with a fixed address, for the kernel to read and write. It outlives the thread that
// mapped it: nothing unmaps it but a call of `unmap`.
import * as libc from './libc.js';

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/** Mapped memory with views of it; `size` in bytes. */
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

/** Zeroed private pages; `size` in bytes, a multiple of 4. Throws when there is no memory. */
export function mapMemory(size: number): Memory {
  const address = libc.mmap(size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (address < 0) throw new Error(`mmap of ${size} bytes failed: errno ${-address}`);
  return memoryAt(address, size);
}

/** Maps `size` bytes at `offset` of `fd`, an io_uring; a negated errno when the kernel refuses. */
export function mapShared(fd: number, size: number, offset: number): Memory | number {
  const address = libc.mmap(size, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
  return address < 0 ? address : memoryAt(address, size);
}

/** Unmaps the pages. No view of them may be used afterwards. */
export function unmap(memory: { readonly address: number; readonly size: number }): void {
  libc.munmap(memory.address, memory.size);
}
