// A server that answers as the admin API of a gateway does: with what a test says, and with nothing of a gateway behind it.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path is answered with: a status and JSON; a text as it is. */
export type FixtureAnswer = readonly [status: number, body: object | string];

export class AdminFixture {
  /** By path, without the query. It may be changed at any time. */
  readonly answers = new Map<string, FixtureAnswer>();
  /** Methods, paths and queries, in their order. */
  readonly asked: string[] = [];
  token: string | undefined;
  /** What the events tell at once, and then no more; undefined for no events. */
  traffic: object | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      if (this.traffic !== undefined && request.url?.startsWith('/api/v1/events')) {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`retry: 2000\n\nevent: traffic\ndata: ${JSON.stringify(this.traffic)}\n\n`);
        return;
      }
      const [status, body] = this.#answerTo(request);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** At a path, or at a port of the kernel's choice. */
  static async open(path?: string): Promise<AdminFixture> {
    const fixture = new AdminFixture();
    await new Promise<void>((resolve) => {
      if (path === undefined) fixture.#server.listen(0, '127.0.0.1', resolve);
      else fixture.#server.listen(path, resolve);
    });
    return fixture;
  }

  /** As `--admin` takes it. */
  get place(): string {
    const address = this.#server.address() as AddressInfo | string;
    return typeof address === 'string' ? address : `127.0.0.1:${address.port}`;
  }

  answer(path: string, body: object | string, status = 200): void {
    this.answers.set(path, [status, body]);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answerTo({ headers, url = '' }: IncomingMessage): FixtureAnswer {
    if (this.token !== undefined && headers.authorization !== `Bearer ${this.token}`)
      return [401, { error: 'a token is needed' }];
    return this.answers.get(url.split('?')[0] as string) ?? [404, { error: `there is no ${url}` }];
  }
}

/** A second of traffic over one line. */
export const TRAFFIC = {
  ...{ bytes_up_per_s: 1500, bytes_down_per_s: 2_000_000, live: 3, opened_per_s: 12, failed_per_s: 0 },
  lines: [{ line: 'fast', bytes_up_per_s: 1500, bytes_down_per_s: 2_000_000 }],
};

/** A gateway that is well, with one line; `changes` are set on top. */
export const statusOf = (changes: object = {}): object => ({
  version: '1.2.3',
  pid: 4711,
  started_at: '2026-01-01T00:00:00.000Z',
  uptime_s: 3 * 86_400,
  state: 'serving',
  listeners: [
    {
      name: '127.0.0.1:7070',
      address: '127.0.0.1:7070',
      protocols: ['socks5', 'http'],
      accepted: 12,
      refused: 0,
      limited: 0,
    },
  ],
  actors: [{ name: 'DNS actor', is_serving: true, deaths: 0, last_death: null }],
  connections: { live: 3, max: 4096 },
  totals: { opened: 100, failed: 1, bytesUp: 1000, bytesDown: 2000 },
  fds: { open: 40, max: 1024 },
  memory: { bytes_resident: 60_000_000 },
  log_level: 'info',
  budgets: [],
  troubles: [],
  ...changes,
});
