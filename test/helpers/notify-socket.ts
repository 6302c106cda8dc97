// The side of a service manager: a real Unix datagram socket that keeps what it is told, in order.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as libc from '../../src/linux/libc.js';
import { mapMemory, unmap } from '../../src/linux/memory.js';
import { until } from './until.js';

const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
const SIZE = 8192;
const ADDRESS_AT = 4096;

export class NotifySocket {
  /** For NOTIFY_SOCKET. */
  readonly address: string;
  readonly #folder: string;
  readonly #fd: number;
  readonly #memory = mapMemory(SIZE);
  readonly #heard: string[] = [];

  constructor(kind: 'path' | 'abstract' = 'path') {
    this.#folder = mkdtempSync(join(tmpdir(), 'tcproute-notify-'));
    const path = join(this.#folder, 'socket');
    this.address = kind === 'path' ? path : `@${path}`;
    this.#fd = libc.socket(AF_UNIX, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0);
    const { bytes, address } = this.#memory;
    bytes[ADDRESS_AT] = AF_UNIX;
    const name = Buffer.from(kind === 'path' ? `${path}\0` : `\0${path}`);
    bytes.set(name, ADDRESS_AT + 2);
    assert.equal(libc.bind(this.#fd, address + ADDRESS_AT, 2 + name.length), 0);
  }

  /** The messages so far. */
  get messages(): readonly string[] {
    const { bytes, address } = this.#memory;
    for (;;) {
      const size = libc.recv(this.#fd, address, ADDRESS_AT, 0);
      if (size < 0) return this.#heard;
      this.#heard.push(Buffer.from(bytes.subarray(0, size)).toString());
    }
  }

  /** How many messages were `message`. */
  count(message: string): number {
    return this.messages.filter((heard) => heard === message).length;
  }

  async hears(message: RegExp): Promise<string> {
    const find = (): string | undefined => this.messages.find((heard) => message.test(heard));
    await until(`the service manager hears ${message}`, () => find() !== undefined, 25_000);
    return find() as string;
  }

  close(): void {
    libc.close(this.#fd);
    unmap(this.#memory);
    rmSync(this.#folder, { recursive: true });
  }
}
