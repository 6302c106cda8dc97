// Names and texts of the gateway's files for the settings other than `plain`. Writes nothing.
import { type Line, lineOf } from '../../src/protocol/lines/line.js';
import { DestinationMemory } from '../../src/protocol/routes/destination-memory.js';
import { encodeRoutes } from '../../src/protocol/routes/snapshot.js';
import { type RouteState, stateOf } from '../../src/protocol/routes/state.js';
import type { Conditions } from './peer.js';

export const CONFIG_FILE = 'config.json';
/** Room for all routes and for the destinations of the loads. */
const ENTRIES_MAX = 1_000_000;
/** Two lines, because nothing is remembered of an address that only one line leads to. */
const LINES: readonly Line[] = ['one', 'other'].map((name, number) =>
  lineOf(number, name, { ip: undefined, port: 0 }, []),
);
const TWO_LINES = { type: 'multipath', list: LINES.map(({ name }) => ({ type: 'direct', name })) };
const CONNECT_MS = 5;
/** Of a site; it guards nothing here. */
export const SECRET_FILE = 'site.secret';
export const SITE_SECRET = '0123456789abcdef0123456789abcdef';

/**
 * Everything that is asked of a connection is asked: its client's connections, handshakes and rate are within limits, and its
 * address is not denied. The target is on loopback, which must be allowed then.
 */
const GUARDED = {
  host: '0.0.0.0',
  allow_clients: ['127.0.0.0/8'],
  egress: { deny: ['private', 'own'], allow: ['loopback'] },
  limits: { client_connections_max: 100_000, client_rate: 1_000_000, client_handshakes_max: 100_000 },
};

let starts = 0;

/** The memory of a gateway that has connected once to each of `count` destinations. */
function* routes(count: number): Generator<RouteState> {
  const lines = { mayUse: () => true, answersEarly: () => false, outage: () => undefined };
  for (let i = 0; i < count; i += 1) {
    const memory = new DestinationMemory();
    // 198.18.0.0/15 is for benchmarks (RFC 2544).
    const ip = new Uint8Array([198, 18 + ((i >> 16) & 1), (i >> 8) & 255, i & 255]);
    memory.connected({ line: i % LINES.length, ip }, CONNECT_MS, 0, lines);
    memory.best = memory.candidates[0];
    yield stateOf(`d${i}.routes.test:443`, memory, 0);
  }
}

/** Texts by the file's name in the directory; `now` is in ms since the epoch. */
export function gatewayFiles(
  { setting, target, directory }: Pick<Conditions, 'setting' | 'target' | 'directory'>,
  now: number,
): Record<string, string> {
  switch (setting.kind) {
    case 'plain':
      return {};
    case 'line': {
      // All connections end at one port here. Each start takes the next one: ephemeral ports are few and rest in TIME_WAIT.
      const port = target.proxy[starts % target.proxy.length];
      starts += 1;
      return { [CONFIG_FILE]: JSON.stringify({ upstream: { type: 'socks5', host: '127.0.0.1', port } }) };
    }
    case 'routes': {
      const config = {
        upstream: TWO_LINES,
        cache: { entries_max: ENTRIES_MAX, state_file: `${directory}/routes` },
      };
      return {
        [CONFIG_FILE]: JSON.stringify(config),
        routes: [...encodeRoutes(routes(setting.count), LINES, now)].join(''),
      };
    }
    case 'users': {
      const { name, password } = setting.user;
      // In plain text: what a connection costs is the same once the pair is remembered.
      return { [CONFIG_FILE]: JSON.stringify({ users: { [name]: { password } } }) };
    }
    case 'shared': {
      const { url } = setting;
      const share =
        url === undefined ? {} : { share: { url, gateway: 'measured', secret_file: `${directory}/${SECRET_FILE}` } };
      const config = { upstream: TWO_LINES, ...share };
      return { [CONFIG_FILE]: JSON.stringify(config), ...(url === undefined ? {} : { [SECRET_FILE]: SITE_SECRET }) };
    }
    case 'guarded':
      return { [CONFIG_FILE]: JSON.stringify(GUARDED) };
    default:
      return setting satisfies never;
  }
}
