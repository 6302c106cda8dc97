// One end of a TCP connection as tests hold it: what has come so far, and how it ended. Half-closed is a state of its own:
// an end of stream does not end the other direction.
import { connect, type Socket } from 'node:net';
import { until } from './until.js';

export class Peer {
  readonly socket: Socket;
  /** `open`, `eof`, or the code of the error that ended it, such as ECONNRESET. */
  ending: string = 'open';
  /** All of it is over, in both directions. */
  closed = false;
  #received: Buffer = Buffer.alloc(0);

  /** The socket must allow half-open connections. */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    });
    socket.on('end', () => {
      if (this.ending === 'open') this.ending = 'eof';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.ending = error.code ?? error.message;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<Peer> {
    const peer = new Peer(connect({ port, host, allowHalfOpen: true, noDelay: true }));
    await until(`connected to ${host}:${port}`, () => !peer.socket.connecting);
    if (peer.ending !== 'open') throw new Error(`cannot connect to ${host}:${port}: ${peer.ending}`);
    return peer;
  }

  /** Bytes that have come and were not taken. */
  get waiting(): number {
    return this.#received.length;
  }

  send(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  /** The next `size` bytes. */
  async read(size: number): Promise<Buffer> {
    await until(`${size} bytes came`, () => this.#received.length >= size || this.ending !== 'open');
    if (this.#received.length < size) {
      throw new Error(`${this.#received.length} of ${size} bytes, then ${this.ending}`);
    }
    const bytes = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return bytes;
  }

  /** What has come and was not taken. */
  take(): Buffer {
    const bytes = this.#received;
    this.#received = Buffer.alloc(0);
    return bytes;
  }

  /** Everything to the end of stream; how it ended is then in `ending`. */
  async rest(): Promise<Buffer> {
    await until('the stream ended', () => this.ending !== 'open');
    return this.take();
  }

  /** Waits until it has ended, and says how. */
  async ended(): Promise<string> {
    await until('the connection ended', () => this.ending !== 'open');
    return this.ending;
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }
}
