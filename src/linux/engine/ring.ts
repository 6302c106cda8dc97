// One mapped io_uring: setup, writing submissions, entering the kernel, reading completions, provided buffers
// (io_uring_setup(2), io_uring_enter(2), io_uring_register(2)). It knows nothing of sockets: see uring.ts.
// With DEFER_TASKRUN the kernel posts completions only inside our own enter call, so the mapped indexes need no barriers.
import { EAGAIN, EBUSY, EINTR, ETIME } from '../errno.js';
import { errorName } from '../error-name.js';
import * as libc from '../libc.js';
import { type Memory, mapMemory, mapShared, unmap } from '../memory.js';
import { closeOwned, type Ownership } from '../ownership.js';
import type { GroupSize } from './buffers.js';

const SYS_IO_URING_SETUP = 425;
const SYS_IO_URING_ENTER = 426;
const SYS_IO_URING_REGISTER = 427;
const SETUP_CQSIZE = 1 << 3;
const SETUP_CLAMP = 1 << 4;
const SETUP_SUBMIT_ALL = 1 << 7;
const SETUP_SINGLE_ISSUER = 1 << 12;
const SETUP_DEFER_TASKRUN = 1 << 13;
const OFFSET_SQES = 0x1000_0000;
const ENTER_GETEVENTS = 1;
const ENTER_EXT_ARG = 8;
const SQ_CQ_OVERFLOW = 2;
const REGISTER_PBUF_RING = 22;

/** Called with one completion: the halves of its user data, its result (a negated errno on failure) and its flags. */
export type Completed = (userLow: number, userHigh: number, result: number, flags: number) => void;

/** Calls for one submission: a kernel that is short of memory takes only a part at a time. */
const ATTEMPTS = 3;
/** Errors of io_uring_enter that are none when all submissions were taken: the wait was in vain, interrupted or refused. */
const HARMLESS = new Set([-ETIME, -EINTR, -EAGAIN, -EBUSY]);

/** Places in struct io_uring_params, in 32-bit words. */
const PARAMS = { sqEntries: 0, cqEntries: 1, flags: 2, sqOffsets: 10, cqOffsets: 20, words: 30 } as const;

/** One group of receive buffers, and the ring from which the kernel takes them. */
class ProvidedBuffers {
  readonly memory: Memory;
  readonly #entries: Memory;
  readonly #shorts: Uint16Array;
  readonly #size: number;
  readonly #mask: number;
  #tail = 0;

  constructor(memory: Memory, entries: Memory, group: GroupSize) {
    this.memory = memory;
    this.#entries = entries;
    this.#shorts = new Uint16Array(entries.bytes.buffer);
    this.#size = group.size;
    this.#mask = group.count - 1;
    for (let id = 0; id < group.count; id += 1) this.give(id);
  }

  offset(id: number): number {
    return id * this.#size;
  }

  /** Hands a buffer (back) to the kernel. The last two bytes of entry 0 are the ring's tail, not an entry's. */
  give(id: number): void {
    const word = (this.#tail & this.#mask) * 4;
    const address = this.memory.address + id * this.#size;
    const { words } = this.#entries;
    words[word] = address >>> 0;
    words[word + 1] = Math.floor(address / 2 ** 32);
    words[word + 2] = this.#size;
    this.#shorts[word * 2 + 6] = id;
    this.#tail = (this.#tail + 1) & 0xffff;
    this.#shorts[7] = this.#tail;
  }

  get entriesMemory(): Memory {
    return this.#entries;
  }
}

export class Ring {
  readonly fd: number;
  readonly #ring: Memory;
  readonly #sqes: Memory;
  readonly #arguments: Memory;
  readonly #ownership: Ownership;
  readonly #entries: number;
  readonly #sqHead: number;
  readonly #sqTail: number;
  readonly #sqFlags: number;
  readonly #cqHead: number;
  readonly #cqTail: number;
  readonly #cqes: number;
  readonly #cqMask: number;
  readonly #buffers: ProvidedBuffers[] = [];
  #tail = 0;
  /** Calls of io_uring_enter by `submit` and `enter`; not its repetitions. */
  submissions = 0;
  /** Called after each of those calls. */
  submitted: () => void = () => {};
  /** Calls of `enter` after which the completion ring was full. */
  overflows = 0;

  /** A ring, or the negated errno of the kernel's refusal. */
  static open(entries: number, completions: number, ownership: Ownership): Ring | number {
    const params = mapMemory(4096);
    try {
      params.words[PARAMS.cqEntries] = completions;
      params.words[PARAMS.flags] =
        SETUP_CQSIZE | SETUP_CLAMP | SETUP_SUBMIT_ALL | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN;
      const fd = libc.syscall(SYS_IO_URING_SETUP, entries, params.address, 0, 0, 0, 0);
      if (fd < 0) return fd;
      const { words } = params;
      const sqSize = words[PARAMS.sqOffsets + 6] + words[PARAMS.sqEntries] * 4;
      const cqSize = words[PARAMS.cqOffsets + 5] + words[PARAMS.cqEntries] * 16;
      const ring = mapShared(fd, Math.max(sqSize, cqSize), 0);
      if (typeof ring === 'number') {
        libc.close(fd);
        return ring;
      }
      const sqes = mapShared(fd, words[PARAMS.sqEntries] * 64, OFFSET_SQES);
      if (typeof sqes === 'number') {
        unmap(ring);
        libc.close(fd);
        return sqes;
      }
      return new Ring(fd, ring, sqes, words, ownership);
    } finally {
      unmap(params);
    }
  }

  private constructor(fd: number, ring: Memory, sqes: Memory, params: Uint32Array, ownership: Ownership) {
    this.fd = fd;
    this.#ring = ring;
    this.#sqes = sqes;
    this.#arguments = mapMemory(4096);
    this.#ownership = ownership;
    this.#entries = params[PARAMS.sqEntries];
    const sq = PARAMS.sqOffsets;
    const cq = PARAMS.cqOffsets;
    this.#sqHead = params[sq] >> 2;
    this.#sqTail = params[sq + 1] >> 2;
    this.#sqFlags = params[sq + 4] >> 2;
    const array = params[sq + 6] >> 2;
    for (let i = 0; i < this.#entries; i += 1) ring.words[array + i] = i;
    this.#cqHead = params[cq] >> 2;
    this.#cqTail = params[cq + 1] >> 2;
    this.#cqes = params[cq + 5] >> 2;
    this.#cqMask = params[PARAMS.cqEntries] - 1;
    // struct io_uring_getevents_arg at word 0 (its `ts` at word 4) points to the timespec at word 8.
    const timespec = this.#arguments.address + 32;
    this.#arguments.words[4] = timespec >>> 0;
    this.#arguments.words[5] = Math.floor(timespec / 2 ** 32);
    ownership.opened(fd);
    for (const memory of [ring, sqes, this.#arguments]) ownership.mapped(memory, true);
  }

  /** Maps and registers the buffers of a group. Returns 0, or a negated errno. */
  provide(group: number, size: GroupSize): number {
    const memory = mapMemory(size.size * size.count);
    const entries = mapMemory(Math.max(4096, size.count * 16));
    const registration = mapMemory(4096);
    registration.words[0] = entries.address >>> 0;
    registration.words[1] = Math.floor(entries.address / 2 ** 32);
    registration.words[2] = size.count;
    registration.words[3] = group;
    const result = libc.syscall(SYS_IO_URING_REGISTER, this.fd, REGISTER_PBUF_RING, registration.address, 1, 0, 0);
    unmap(registration);
    if (result < 0) {
      unmap(memory);
      unmap(entries);
      return result;
    }
    this.#buffers[group] = new ProvidedBuffers(memory, entries, size);
    this.#ownership.mapped(memory, false);
    this.#ownership.mapped(entries, false);
    return 0;
  }

  /** The buffers of a group that `provide` has registered. */
  buffers(group: number): ProvidedBuffers {
    return this.#buffers[group];
  }

  /**
   * Begins a submission and returns its place in `words`; the caller fills in what the opcode needs. `head` is
   * opcode | flags << 8 | ioprio << 16. The completion carries the same user data.
   */
  prepare(head: number, fd: number, userLow: number, userHigh: number): number {
    if (this.#unsubmitted() >= this.#entries) this.submit();
    const word = (this.#tail & (this.#entries - 1)) * 16;
    this.#tail = (this.#tail + 1) >>> 0;
    const { words } = this.#sqes;
    words[word] = head;
    words[word + 1] = fd;
    // One by one: a single call of fill() costs more.
    words[word + 2] = 0;
    words[word + 3] = 0;
    words[word + 4] = 0;
    words[word + 5] = 0;
    words[word + 6] = 0;
    words[word + 7] = 0;
    words[word + 8] = userLow;
    words[word + 9] = userHigh;
    words[word + 10] = 0;
    words[word + 11] = 0;
    words[word + 12] = 0;
    words[word + 13] = 0;
    words[word + 14] = 0;
    words[word + 15] = 0;
    return word;
  }

  #unsubmitted(): number {
    return (this.#tail - this.#ring.words[this.#sqHead]) >>> 0;
  }

  get words(): Uint32Array {
    return this.#sqes.words;
  }

  /** Submits what was prepared, without asking for completions: those that are there go to the next `drain`. */
  submit(): void {
    this.#ring.words[this.#sqTail] = this.#tail;
    this.submissions += 1;
    this.#check(libc.syscall(SYS_IO_URING_ENTER, this.fd, this.#unsubmitted(), 0, 0, 0, 0));
    this.submitted();
  }

  /**
   * Repeats the submission until the kernel has taken all of it: callers then reuse buffers and record fds as closed.
   * Throws when the kernel does not take all, or when the ring is unusable.
   */
  #check(result: number): void {
    let outcome = result;
    for (let attempt = 1; this.#unsubmitted() > 0 && attempt < ATTEMPTS; attempt += 1) {
      outcome = libc.syscall(SYS_IO_URING_ENTER, this.fd, this.#unsubmitted(), 0, 0, 0, 0);
    }
    if (this.#unsubmitted() === 0 && (outcome >= 0 || HARMLESS.has(outcome))) return;
    const why = outcome < 0 ? errorName(outcome) : 'no more than a part';
    throw new Error(`io_uring takes no submissions: ${why}`);
  }

  /** Submits what was prepared and waits for `completions` completions (0: no wait), at most `timeout_ms`. */
  enter(completions: number, timeout_ms: number): void {
    const { words } = this.#ring;
    words[this.#sqTail] = this.#tail;
    this.submissions += 1;
    const pending = this.#unsubmitted();
    let result: number;
    if (completions === 0) {
      result = libc.syscall(SYS_IO_URING_ENTER, this.fd, pending, 0, ENTER_GETEVENTS, 0, 0);
    } else {
      const { words: args } = this.#arguments;
      const seconds = Math.floor(timeout_ms / 1000);
      args[8] = seconds;
      args[10] = Math.round((timeout_ms - seconds * 1000) * 1e6);
      result = libc.syscall(
        SYS_IO_URING_ENTER,
        this.fd,
        pending,
        completions,
        ENTER_GETEVENTS | ENTER_EXT_ARG,
        this.#arguments.address,
        24,
      );
    }
    this.#check(result);
    this.submitted();
    if ((words[this.#sqFlags] & SQ_CQ_OVERFLOW) !== 0) this.overflows += 1;
  }

  /** Calls `completed` for each completion that is there now, the `urgent` ones first. Returns how many there were. */
  drain(completed: Completed, urgent: (userHigh: number) => boolean): number {
    const { words } = this.#ring;
    const head = words[this.#cqHead];
    const tail = words[this.#cqTail];
    let urgents = 0;
    for (let at = head; at !== tail; at = (at + 1) >>> 0) {
      if (!urgent(words[this.#completion(at) + 1])) continue;
      urgents += 1;
      this.#tell(at, completed);
    }
    for (let at = head; at !== tail; ) {
      const isTold = urgents > 0 && urgent(words[this.#completion(at) + 1]);
      const told = at;
      at = (at + 1) >>> 0;
      // Freed before `completed` is called: a submission that is made there finds room for its completion.
      words[this.#cqHead] = at;
      if (!isTold) this.#tell(told, completed);
    }
    return (tail - head) >>> 0;
  }

  /** The word at which completion `at` begins. */
  #completion(at: number): number {
    return this.#cqes + (at & this.#cqMask) * 4;
  }

  #tell(at: number, completed: Completed): void {
    const { words, ints } = this.#ring;
    const word = this.#completion(at);
    completed(words[word], words[word + 1], ints[word + 2], words[word + 3]);
  }

  /** Closes the ring, whereupon the kernel cancels its operations. The buffers are unmapped last. */
  close(): void {
    const rings = [this.#ring, this.#sqes, this.#arguments];
    for (const memory of rings) this.#ownership.unmapping(memory);
    for (const memory of rings) unmap(memory);
    closeOwned(this.fd, this.#ownership);
    for (const group of this.#buffers) {
      for (const memory of [group.memory, group.entriesMemory]) {
        this.#ownership.unmapping(memory);
        unmap(memory);
      }
    }
  }
}
