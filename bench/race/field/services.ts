// The servers behind every way, one of each kind on loopback: they answer whatever name or address was asked for.
import { bannerServer, echoServer, type TestServer } from '../../../test/helpers/servers.js';
import { retryingTlsServer, TLS_NAME, type TlsServer, tlsServer } from '../../../test/helpers/tls-server.js';
import type { ServicePorts } from './messages.js';

export const BANNER = 'SSH-2.0-bench\r\n';

export class Services {
  readonly serverName = TLS_NAME;
  readonly #tls: TlsServer;
  readonly #retry: TlsServer;
  readonly #echo: TestServer;
  readonly #banner: TestServer;

  private constructor(tls: TlsServer, retry: TlsServer, echo: TestServer, banner: TestServer) {
    this.#tls = tls;
    this.#retry = retry;
    this.#echo = echo;
    this.#banner = banner;
  }

  static async start(): Promise<Services> {
    return new Services(await tlsServer(), await retryingTlsServer(), await echoServer(), await bannerServer(BANNER));
  }

  /** The servers' own ports, not those that clients ask for. */
  get ports(): ServicePorts {
    return {
      tls: this.#tls.port,
      retry: this.#retry.port,
      echo: this.#echo.port,
      banner: this.#banner.port,
    };
  }

  get ca(): string {
    return this.#tls.ca;
  }

  async stop(): Promise<void> {
    for (const server of [this.#tls, this.#retry, this.#echo, this.#banner]) await server.close();
  }
}
