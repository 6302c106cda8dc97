// One end of a TCP connection for tests: the bytes that have come, and how the connection ended. A half-closed connection is
// a state: an end of stream does not end the other direction.
import { connect, type Socket } from 'node:net';
import { resetSocket } from '../../src/dial/reset.js';
import { judgeEnd } from './false-end.js';

/** For any step of a peer, on a machine that may be busy with ten other things. */
const PATIENCE_MS = 10_000;

export class Peer {
  readonly socket: Socket;
  /** `open`, `eof`, or the code of the error that ended the connection, such as ECONNRESET. */
  ending: string = 'open';
  /** Whether both directions are over. */
  closed = false;
  #received: Buffer = Buffer.alloc(0);
  /** Checks of waiting callers, made at every event and not by polling: a test of a thousand messages waits a thousand times. */
  readonly #looks = new Set<() => void>();

  /** The socket must allow half-open connections. */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#look();
    });
    socket.on('end', () =>
      judgeEnd(socket, () => {
        if (this.ending === 'open') this.ending = 'eof';
        this.#look();
      }),
    );
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.ending = error.code ?? error.message;
      this.#look();
    });
    socket.on('close', () => {
      this.closed = true;
      this.#look();
    });
    socket.on('connect', () => this.#look());
  }

  #look(): void {
    for (const look of this.#looks) look();
  }

  /** Waits until `holds` returns true; only events of the socket may change it. */
  #until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (holds()) done(resolve);
      };
      const late = setTimeout(
        () => done(() => reject(new Error(`not within ${PATIENCE_MS} ms: ${what}`))),
        PATIENCE_MS,
      );
      const done = (settle: () => void): void => {
        clearTimeout(late);
        this.#looks.delete(look);
        settle();
      };
      this.#looks.add(look);
    });
  }

  /** `at`: a port, or the path of a Unix socket. `from`: the address to come from. */
  static async connect(at: number | string, host = '127.0.0.1', from?: string): Promise<Peer> {
    const where =
      typeof at === 'string'
        ? { path: at }
        : { port: at, host, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) };
    const peer = new Peer(connect({ ...where, allowHalfOpen: true }));
    await peer.#until(`connected to ${host}:${at}`, () => !peer.socket.connecting);
    if (peer.ending !== 'open') throw new Error(`cannot connect to ${host}:${at}: ${peer.ending}`);
    return peer;
  }

  /** Number of bytes that have come and were not taken. */
  get waiting(): number {
    return this.#received.length;
  }

  send(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  /** Waits for the next `size` bytes and takes them. */
  async read(size: number): Promise<Buffer> {
    await this.#until(`${size} bytes came`, () => this.#received.length >= size || this.ending !== 'open');
    if (this.#received.length < size) {
      throw new Error(`${this.#received.length} of ${size} bytes, then ${this.ending}`);
    }
    const bytes = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return bytes;
  }

  /** Takes the bytes that have come. */
  take(): Buffer {
    const bytes = this.#received;
    this.#received = Buffer.alloc(0);
    return bytes;
  }

  /** Takes everything up to the end of stream; `ending` then says how it ended. */
  async rest(): Promise<Buffer> {
    await this.#until('the stream ended', () => this.ending !== 'open');
    return this.take();
  }

  /** Waits for the end, and says how the connection ended. */
  async ended(): Promise<string> {
    await this.#until('the connection ended', () => this.ending !== 'open');
    return this.ending;
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    resetSocket(this.socket);
  }

  close(): void {
    this.socket.destroy();
  }
}
