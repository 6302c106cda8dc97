// A gateway with three lines and traffic, of which one site is blocked on the direct line: its server is connected there and keeps
// silent. Another line rescues it, and the third one's proxy is away.

import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { adminPlace, askAdmin } from '../admin.js';
import type { Gateway } from '../gateway.js';
import type { World } from '../gateway-world.js';
import { freePort } from '../proxies.js';
import { TestServer } from '../servers.js';
import { through } from '../socks-client.js';
import { SocksProxy } from '../socks-proxy.js';
import { TLS_NAME, tlsServer } from '../tls-server.js';
import { TrickTls } from '../tls-trick.js';
import { until } from '../until.js';

const SITES = ['video.example.net', 'git.example.org', 'news.example.com', 'cdn.example.org'] as const;
const [BLOCKED, ...OPEN] = SITES;
const addressOf = (site: string): string => `127.0.0.${20 + SITES.indexOf(site as (typeof SITES)[number])}`;
/** Where the site is that the direct line does not reach. */
const REAL = '127.0.0.120';

export interface Pace {
  /** Of the line that rescues, and of its servers. */
  readonly connect_ms: number;
  readonly answer_ms: number;
  /** How long a silent server is waited for. */
  readonly margin_ms: number;
}

const QUICK: Pace = { connect_ms: 20, answer_ms: 20, margin_ms: 60 };

export interface Scenario {
  readonly gateway: Gateway;
  /** Of the dashboard. */
  readonly url: string;
  readonly port: number;
  /** A TLS connection to the blocked site, of which nothing is remembered; it lives on. */
  rescue(): Promise<TLSSocket>;
  /** A connection to an open site, which sends so many bytes and hears more. */
  visit(site: number, bytes: number): Promise<void>;
}

/** Bytes that an open site sends for each that it hears. */
const TIMES = 6;

/** `port`: of all sites; without it one that is free. */
export async function startScenario(
  world: World,
  config: object = {},
  pace: Pace = QUICK,
  port?: number,
): Promise<Scenario> {
  const silent = world.use(await TrickTls.listen('silent', addressOf(BLOCKED), port));
  const everywhere = silent.port;
  for (const site of OPEN) world.use(await TestServer.listen(answersMore, addressOf(site), everywhere));
  const server = world.use(await tlsServer());
  const passes = { passes: server.port, after: () => pause(pace.answer_ms) };
  world.use(await TrickTls.listen(passes, REAL, everywhere));
  // The blocked site is reached once the silent server has heard the client, so that this is always a rescue. The others never are.
  let heard = 0;
  const before = async (host: string): Promise<void> => {
    if (host !== BLOCKED) return new Promise<void>(() => {});
    await until('the silent server has heard the client', () => silent.hellos.length > heard);
  };
  // The proxy looks names up by itself.
  const names = { [BLOCKED]: REAL, ...Object.fromEntries(OPEN.map((site) => [site, addressOf(site)])) };
  const tokyo = world.use(await SocksProxy.start(undefined, names, { connect_ms: pace.connect_ms, before }));
  const away = await freePort();
  const list = [
    { type: 'direct', name: 'direct' },
    { type: 'socks5', name: 'tokyo', host: '127.0.0.1', port: tokyo.port },
    { type: 'socks5', name: 'frankfurt', host: '127.0.0.1', port: away },
  ];
  const gateway = await world.gateway({
    ...{ upstream: { type: 'multipath', list }, log_level: 'debug' },
    ...{ hosts: Object.fromEntries(SITES.map((site) => [site, addressOf(site)])) },
    ...{ admin: { listen: '127.0.0.1:0' }, race: { margin_ms: pace.margin_ms } },
    ...config,
  });
  const place = await adminPlace(gateway);
  return {
    gateway,
    port: everywhere,
    url: `${place}/`,
    async rescue() {
      const path = `/api/v1/routes/${BLOCKED}:${everywhere}`;
      await askAdmin(place, path, { method: 'DELETE' });
      heard = silent.hellos.length;
      const { socket } = await through(gateway.port, { host: BLOCKED, port: everywhere });
      socket.removeAllListeners('data');
      const client = connectTls({ socket, servername: TLS_NAME, ca: server.ca });
      world.use({ close: () => client.destroy() });
      await new Promise<void>((resolve, reject) => {
        client.once('secureConnect', resolve);
        client.once('error', reject);
      });
      return client;
    },
    async visit(site, bytes) {
      const peer = await through(gateway.port, { host: OPEN[site % OPEN.length] as string, port: everywhere });
      peer.send(Buffer.alloc(bytes));
      await peer.read(bytes * TIMES);
      peer.close();
    },
  };
}

function answersMore(socket: Socket): void {
  socket.on('data', (heard) => socket.write(Buffer.concat(Array.from({ length: TIMES }, () => heard))));
  socket.once('end', () => socket.end());
}
