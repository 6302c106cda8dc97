// The addresses of accepted clients by fd, in shared memory: the kernel gives main each with its accept, and the actor that
// takes the client copies it. Asking for an address later is a system call, and the client may have gone. It knows no queue:
// main writes an entry before it hands the client over, and nobody reads it once the client's actor has it.

/** Of a struct sockaddr_in6 up to the end of its address; a sockaddr_in is shorter. */
const WORDS = 6;
const NONE = new Uint32Array(WORDS);

export class ClientAddresses {
  readonly #all: Uint32Array;
  readonly #lent = new Uint32Array(WORDS);
  readonly #bytes = new Uint8Array(this.#lent.buffer);

  /** `fdsMax`: all fd numbers of the process are smaller. */
  static create(fdsMax: number): SharedArrayBuffer {
    return new SharedArrayBuffer(fdsMax * WORDS * 4);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#all = new Uint32Array(memory);
  }

  /** `address`: a struct sockaddr; undefined if the client has gone. */
  write(fd: number, address: Uint32Array = NONE): void {
    for (let word = 0; word < WORDS; word += 1) this.#all[fd * WORDS + word] = address[word];
  }

  /** A struct sockaddr, until the next call; of family 0 if the client had gone. */
  read(fd: number): Uint8Array {
    for (let word = 0; word < WORDS; word += 1) this.#lent[word] = this.#all[fd * WORDS + word];
    return this.#bytes;
  }
}
