// The associations of a run and the sockets that belong to them, in the generator's process.

import { packAddress } from '../../../src/linux/addresses.js';
import * as libc from '../../../src/linux/libc.js';
import { connectTo } from '../../../src/linux/sockets.js';
import { type Asked, associate } from '../../../test/helpers/udp/client.js';
import type { Shape } from './messages.js';
import { dropsOf, openSocket, Readable } from './sockets.js';

/** Handshakes at a time. */
const OPENING_MAX = 16;
const BUFFER_SIZE = 32 << 20;
/** Of one of many sockets. */
const SMALL_BUFFER_SIZE = 1 << 20;
const FEW = 8;

export class Field {
  readonly shape: Shape;
  /** The fds, in the order in which datagrams are sent. */
  readonly sockets: readonly number[];
  readonly readable = new Readable();
  readonly #controls: readonly Asked[];

  private constructor(shape: Shape, sockets: readonly number[], controls: readonly Asked[]) {
    this.shape = shape;
    this.sockets = sockets;
    this.#controls = controls;
    for (const fd of sockets) this.readable.add(fd);
  }

  /** Throws an Error when the proxy refuses one of them. */
  static async open(proxy: number, shape: Shape): Promise<Field> {
    const controls: Asked[] = [];
    const sockets: number[] = [];
    const bufferSize = shape.associations <= FEW ? BUFFER_SIZE : SMALL_BUFFER_SIZE;
    try {
      while (controls.length < shape.associations) {
        const some = Math.min(OPENING_MAX, shape.associations - controls.length);
        const asked = await Promise.all(
          Array.from({ length: some }, () => associate({ host: '127.0.0.1', port: proxy })),
        );
        controls.push(...asked);
        for (const { reply } of asked) {
          if (reply.rep !== 0) throw new Error(`association ${sockets.length + 1}: REP ${reply.rep}`);
          const fd = openSocket([127, 0, 0, 1], 0, bufferSize);
          sockets.push(fd);
          // 0.0.0.0 is the proxy's own address.
          const ip = reply.host === '0.0.0.0' ? [127, 0, 0, 1] : reply.host.split('.').map(Number);
          const connected = connectTo(fd, packAddress(new Uint8Array(ip), reply.port));
          if (connected < 0) throw new Error(`cannot connect to ${reply.host}:${reply.port}: errno ${-connected}`);
        }
      }
    } catch (error) {
      close(sockets, controls);
      throw error;
    }
    return new Field(shape, sockets, controls);
  }

  /** Datagrams that its sockets have dropped. */
  drops(): number {
    return this.sockets.reduce((sum, fd) => sum + dropsOf(fd), 0);
  }

  close(): void {
    this.readable.close();
    close(this.sockets, this.#controls);
  }
}

function close(sockets: readonly number[], controls: readonly Asked[]): void {
  for (const { control } of controls) control.close();
  for (const fd of sockets) libc.close(fd);
}
