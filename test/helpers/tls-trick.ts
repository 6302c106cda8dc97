// A server on a TLS port with one trick, most of them played when a whole ClientHello has come. It keeps every ClientHello, to be compared
// with what the client sent, and counts its connections. It speaks no TLS itself.
import { connect, type Socket } from 'node:net';
import { TestServer } from './servers.js';
import { Peer } from './socks-peer.js';
import { readHello } from './tls-hello.js';

export type TlsTrick =
  /** Ends the connection before it has heard anything. */
  | 'leaves'
  /** Sends nothing, and keeps the connection. */
  | 'silent'
  | 'resets'
  /** Ends the connection cleanly. */
  | 'ends'
  /** Speaks HTTP. */
  | 'plain-text'
  /** Fatal alert: handshake_failure (RFC 8446 section 6). */
  | 'alert'
  /** Passes all on to the real server on this port of loopback, at once or when the promise settles. */
  | { readonly passes: number; readonly after?: () => Promise<void> };

export const PLAIN_TEXT = Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
export const ALERT = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

export class TrickTls {
  /** For later connections. */
  trick: TlsTrick;
  /** Number of connections so far, with or without a ClientHello. */
  count = 0;
  /** ClientHellos in the order in which they were complete. */
  readonly hellos: Buffer[] = [];
  #server: TestServer | undefined;
  readonly #ways: Socket[] = [];

  private constructor(trick: TlsTrick) {
    this.trick = trick;
  }

  static async listen(trick: TlsTrick, host?: string, port?: number): Promise<TrickTls> {
    const tls = new TrickTls(trick);
    const serve = (socket: Socket): void => {
      tls.count += 1;
      tls.#serve(socket).catch(() => socket.destroy());
    };
    tls.#server = await TestServer.listen(serve, host, port);
    return tls;
  }

  get host(): string {
    return (this.#server as TestServer).host;
  }

  get port(): number {
    return (this.#server as TestServer).port;
  }

  /** Number of its open connections. */
  get open(): number {
    return (this.#server as TestServer).open;
  }

  async #serve(socket: Socket): Promise<void> {
    const { trick } = this;
    const peer = new Peer(socket);
    if (trick === 'leaves') {
      peer.end();
      return;
    }
    const hello = await readHello(peer);
    this.hellos.push(hello);
    switch (trick) {
      case 'silent':
        break;
      case 'resets':
        peer.reset();
        break;
      case 'ends':
        peer.end();
        break;
      case 'plain-text':
        peer.send(PLAIN_TEXT);
        peer.end();
        break;
      case 'alert':
        peer.send(ALERT);
        peer.end();
        break;
      default:
        await trick.after?.();
        this.#pass(peer, hello, trick.passes);
    }
  }

  #pass(peer: Peer, hello: Buffer, port: number): void {
    const way = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#ways.push(way);
    way.on('error', () => peer.close());
    peer.socket.once('close', () => way.destroy());
    way.once('connect', () => {
      peer.socket.removeAllListeners('data');
      way.write(Buffer.concat([hello, peer.take()]));
      peer.socket.pipe(way).pipe(peer.socket);
    });
  }

  async close(): Promise<void> {
    for (const way of this.#ways) way.destroy();
    await this.#server?.close();
  }
}
