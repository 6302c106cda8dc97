// The programs that relay UDP for SOCKS5 clients, and their configurations. microsocks and HAProxy have no UDP.
import { join } from 'node:path';
import { Daemon, StartError } from '../../peers/daemon.js';
import { dante } from '../../peers/dante.js';
import { gatewayBefore, gatewayEpoll, gatewayUring } from '../../peers/gateway.js';
import type { Peer } from '../../peers/peer.js';
import { v2ray } from '../../peers/v2ray.js';

const CONFIG_FILE = 'udp.json';
/** Of the two lines. */
export const LINE_SOURCES = ['127.0.0.2', '127.0.0.3'] as const;
/** More than any shape has. */
const ASSOCIATIONS_MAX = 5000;

/** Two direct lines, which their destinations tell apart by their sources. */
const TWO_LINES = {
  type: 'multipath',
  list: LINE_SOURCES.map((source_ip, number) => ({ type: 'direct', name: `line ${number + 1}`, source_ip })),
};

/** The gateway, for as many associations of one client as the bench asks for; all else is as by default, but for `more`. */
const gateway = (peer: Peer, more: object = {}): Peer => ({
  ...peer,
  command(path, conditions) {
    const { argv, files, environment = {} } = peer.command(path, conditions);
    const udp = {
      associations_max: ASSOCIATIONS_MAX,
      client_associations_max: ASSOCIATIONS_MAX,
    };
    return {
      argv: [...argv, '-c', join(conditions.directory, CONFIG_FILE)],
      environment,
      files: { ...files, [CONFIG_FILE]: JSON.stringify({ udp, ...more }) },
    };
  },
});

const v2rayWithUdp: Peer = {
  ...v2ray,
  command(path, conditions) {
    const { argv, files = {} } = v2ray.command(path, conditions);
    const [file] = Object.keys(files);
    const config = JSON.parse(files[file]) as { inbounds: [{ settings: object }] };
    config.inbounds[0].settings = { auth: 'noauth', udp: true, ip: '127.0.0.1' };
    return { argv, files: { [file]: JSON.stringify(config) } };
  },
};

export const GATEWAYS: readonly string[] = [gatewayUring.name, gatewayEpoll.name];

type Setting = 'plain' | 'two lines';

function subjects(setting: Setting): readonly Peer[] {
  const more = setting === 'plain' ? {} : { upstream: TWO_LINES };
  return [gateway(gatewayUring, more), gateway(gatewayEpoll, more), dante, v2rayWithUdp];
}

export const NAMES: readonly string[] = subjects('plain').map(({ name }) => name);

export interface Entrant {
  readonly peer: Peer;
  readonly path: string;
  readonly version: string;
}

/** Subjects get their destinations from their clients. */
const NO_TARGET = { echo: [], source: [], sink: [], proxy: [] };

/** Calls `body` with a started subject. Returns what it returns, or why the subject did not start or did not live on. */
export async function running<Result>(
  { peer, path }: Entrant,
  body: (daemon: Daemon) => Promise<Result>,
): Promise<Result | string> {
  let daemon: Daemon;
  try {
    daemon = await Daemon.start(peer, path, NO_TARGET, 1);
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
  try {
    const result = await body(daemon);
    return daemon.end === undefined ? result : `ended with ${daemon.end}`;
  } finally {
    await daemon.stop();
  }
}

/** Those of the named programs that are installed, and the gateway in the checkout at `before`, if there is one. */
export function entrants(names: readonly string[], before: string | undefined, setting: Setting = 'plain'): Entrant[] {
  const wanted = subjects(setting).filter(({ name }) => names.includes(name));
  const earlier = before === undefined ? [] : gatewayBefore(before).map((peer) => gateway(peer));
  return [...wanted, ...earlier].flatMap((peer) => {
    const found = peer.find();
    return found === undefined ? [] : [{ peer, ...found }];
  });
}
