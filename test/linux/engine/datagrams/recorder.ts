// A handler of datagrams that writes down what it hears, and reacts as the test tells it to.

import { Handler, type Socket } from '../../../../src/linux/engine/socket.js';
import type { Batch } from '../../../../src/linux/udp/datagrams.js';
import { readUdpErrors, type UdpError } from '../../../../src/linux/udp/errors.js';

export interface HeardDatagram {
  readonly text: string;
  /** `127.0.0.1:port`, or the words of an IPv6 address. */
  readonly from: string;
  readonly ecn: number;
  readonly wasFragmented: boolean;
}

export class DatagramRecorder extends Handler {
  readonly heard: HeardDatagram[] = [];
  /** Datagrams of each batch. */
  readonly batches: number[] = [];
  readonly unsent: { count: number; error: number }[] = [];
  readonly errors: UdpError[] = [];
  cut = 0;
  react: (socket: Socket, batch: Batch) => void = () => {};

  get texts(): string[] {
    return this.heard.map(({ text }) => text);
  }

  override onDatagrams(socket: Socket, batch: Batch): void {
    const { memory, offset, count, stride, last, ecn, wasFragmented } = batch;
    const from = fromOf(batch);
    this.batches.push(count);
    for (let i = 0; i < count; i += 1) {
      const start = offset + i * stride;
      const end = start + (i === count - 1 ? last : stride);
      const text = Buffer.from(memory.bytes.subarray(start, end)).toString('latin1');
      this.heard.push({ text, from, ecn, wasFragmented });
    }
    this.react(socket, batch);
  }
  override onDatagramsUnsent(_socket: Socket, count: number, error: number): void {
    this.unsent.push({ count, error });
  }
  override onDatagramErrors(socket: Socket): void {
    readUdpErrors(socket.fd, (error) => this.errors.push(error));
  }
  override onDatagramsCut(_socket: Socket, count: number): void {
    this.cut += count;
  }
}

function fromOf({ from }: Batch): string {
  const { isIpv6, a, b, c, d, port } = from;
  const bytes = [24, 16, 8, 0].map((shift) => (a >> shift) & 255);
  return isIpv6 ? `[${[a, b, c, d]}]:${port}` : `${bytes.join('.')}:${port}`;
}
