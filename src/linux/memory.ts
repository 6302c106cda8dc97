// Memory outside the JavaScript heap, with a fixed address, for the kernel to read and write. It outlives the thread that
// mapped it: nothing unmaps it but a call of `unmap`.
import * as libc from './libc.js';

const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS = 0x22;

/**
 * Mapped memory with views of it; `size` in bytes. The address is larger than V8's small integers: as a field that is set in
 * the constructor it is one number, while a property of an object literal would be a new one each time that it is read.
 */
export class Memory {
  readonly address: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly ints: Int32Array;

  constructor(address: number, size: number) {
    const buffer = libc.viewOf(address, size);
    this.address = address;
    this.size = size;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.ints = new Int32Array(buffer);
  }
}

/** Zeroed private pages; `size` in bytes, a multiple of 4. Throws when there is no memory. */
export function mapMemory(size: number): Memory {
  const address = libc.mmap(size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (address < 0) throw new Error(`mmap of ${size} bytes failed: errno ${-address}`);
  return new Memory(address, size);
}

/** Maps `size` bytes at `offset` of `fd`, an io_uring; a negated errno when the kernel refuses. */
export function mapShared(fd: number, size: number, offset: number): Memory | number {
  const address = libc.mmap(size, PROT_READ_WRITE, MAP_SHARED_POPULATE, fd, offset);
  return address < 0 ? address : new Memory(address, size);
}

/** Unmaps the pages. No view of them may be used afterwards. */
export function unmap(memory: { readonly address: number; readonly size: number }): void {
  libc.munmap(memory.address, memory.size);
}
