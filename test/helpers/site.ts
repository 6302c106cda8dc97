// A web site for clients that others wrote, over HTTP and HTTPS: a page, files of a folder, and what a test adds. Its name
// is known to the test's DNS server alone, so that a client reaches it only by way of the gateway.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join, normalize } from 'node:path';
import { certificateFor } from './certificate.js';
import { DnsServer } from './dns-server.js';
import { TestServer } from './servers.js';

export const SITE_NAME = 'site.test';
export const PAGE = '<html><body>hello from the site</body></html>\n';

export class Site {
  readonly dns: DnsServer;
  readonly port: number;
  readonly tlsPort: number;
  /** The certificate that clients must trust. */
  readonly ca: string;
  /** Method and path of each request. */
  readonly visits: string[] = [];
  /** Bodies by path. */
  readonly pages = new Map<string, string | Buffer>([['/', PAGE]]);
  readonly #folder: string;
  readonly #servers: readonly TestServer[];

  private constructor(folder: string, dns: DnsServer, ca: string, plain: TestServer, tls: TestServer) {
    this.#folder = folder;
    this.dns = dns;
    this.ca = ca;
    this.port = plain.port;
    this.tlsPort = tls.port;
    this.#servers = [plain, tls];
  }

  /** `folder`: its files are served, too. */
  static async start(folder: string): Promise<Site> {
    const { key, cert } = certificateFor(SITE_NAME);
    let serve: RequestListener = () => {};
    const answer: RequestListener = (request, response) => serve(request, response);
    const plain = await TestServer.of(createServer(answer));
    const tls = await TestServer.of(createTlsServer({ key, cert }, answer));
    const dns = await DnsServer.start({ [SITE_NAME]: { A: ['127.0.0.1'] } });
    const site = new Site(folder, dns, cert, plain, tls);
    serve = (request, response) => void site.#serve(request, response);
    return site;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    this.visits.push(`${request.method} ${path}`);
    const file = readFile(join(this.#folder, path)).catch(() => undefined);
    const body = this.pages.get(path) ?? (await file);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader('content-type', contentType(path));
    response.end(body ?? 'not here\n');
  }

  async close(): Promise<void> {
    await this.dns.close();
    for (const server of this.#servers) await server.close();
  }
}

function contentType(path: string): string {
  if (path.startsWith('/npm/') && !path.endsWith('.tgz')) return 'application/json';
  return path.endsWith('/') ? 'text/html' : 'application/octet-stream';
}
