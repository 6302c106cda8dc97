// All destinations of a site: it knows by a connection's addresses for which destination it is and by which line it
// comes, answers a ClientHello with the beginning of a ServerHello, or never, and counts.
import { createServer, type Socket } from 'node:net';
import { indexOf, type Silence, silentLine } from './names.js';

/** A handshake record (RFC 8446 section 5.1) with the head of a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 4, 2, 0, 0, 76]);
const BACKLOG = 4096;
/** Node accepts one connection a turn at each: a busy machine has few turns. */
const PORTS = 16;

/** Sources of lines, by number. */
export const sourceOf = (line: number): string => `127.0.2.${line + 1}`;

export class SiteServer {
  readonly ports: number[] = [];
  readonly #silence: Silence;
  /** Connections, by destination. */
  readonly dials: number[];

  private constructor(destinations: number, silence: Silence) {
    this.dials = new Array(destinations).fill(0);
    this.#silence = silence;
  }

  static async listen(destinations: number, silence: Silence): Promise<SiteServer> {
    const one = new SiteServer(destinations, silence);
    for (let count = 0; count < PORTS; count += 1) one.ports.push(await one.#listen());
    return one;
  }

  #listen(): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: 0, host: '0.0.0.0', backlog: BACKLOG }, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  #serve(socket: Socket): void {
    socket.on('error', () => {});
    const destination = indexOf(socket.localAddress ?? '');
    if (destination === undefined || destination >= this.dials.length) {
      socket.destroy();
      return;
    }
    this.dials[destination] += 1;
    const silent = silentLine(destination, this.#silence);
    if (silent !== undefined && socket.remoteAddress === sourceOf(silent)) socket.resume();
    else socket.once('data', () => socket.write(ANSWER));
  }
}
