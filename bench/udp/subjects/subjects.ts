// The programs that relay UDP for SOCKS5 clients, and their configurations. microsocks and HAProxy have no UDP.
import { join } from 'node:path';
import { dante } from '../../peers/dante.js';
import { gatewayBefore, gatewayEpoll, gatewayUring } from '../../peers/gateway.js';
import type { Peer } from '../../peers/peer.js';
import { v2ray } from '../../peers/v2ray.js';

const CONFIG_FILE = 'udp.json';
/** More than any shape has. */
const ASSOCIATIONS_MAX = 5000;

/** The gateway, for as many associations of one client as the bench asks for; all else is as by default. */
const gateway = (peer: Peer): Peer => ({
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
      files: { ...files, [CONFIG_FILE]: JSON.stringify({ udp }) },
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

const SUBJECTS: readonly Peer[] = [gateway(gatewayUring), gateway(gatewayEpoll), dante, v2rayWithUdp];

export const NAMES: readonly string[] = SUBJECTS.map(({ name }) => name);

export interface Entrant {
  readonly peer: Peer;
  readonly path: string;
  readonly version: string;
}

/** Those of the named programs that are installed, and the gateway in the checkout at `before`, if there is one. */
export function entrants(names: readonly string[], before: string | undefined): Entrant[] {
  const wanted = SUBJECTS.filter(({ name }) => names.includes(name));
  const earlier = before === undefined ? [] : gatewayBefore(before).map(gateway);
  return [...wanted, ...earlier].flatMap((peer) => {
    const found = peer.find();
    return found === undefined ? [] : [{ peer, ...found }];
  });
}
