// The programs that the race's bench knows: the gateway, and others as far as they can be configured for the same ways.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { haproxy } from '../../peers/haproxy.js';
import { microsocks } from '../../peers/microsocks.js';
import type { Peer } from '../../peers/peer.js';
import { v2ray } from '../../peers/v2ray.js';
import { PACKAGE_ROOT, versionIn } from '../../shared/package-root.js';
import type { Fault } from '../field/faults.js';
import type { Ground, Subject } from './subject.js';

const nameOf = (index: number): string => `d${index}.race.test`;

/** Enough faults of each phase to see what a program can do about them. */
const SOME_FAULTS: readonly Fault[] = [
  'black-hole',
  'refused',
  'denied',
  'early-silent',
  'silent',
  'reset',
  'slow-answer',
];

function linesOf({ topology, laid, used }: Ground): object[] {
  const proxies = used.filter((way) => topology.ways[way].kind === 'proxy');
  // All addresses belong to one direct line: they are the addresses of the names.
  const direct = proxies.length < used.length ? [{ type: 'direct' }] : [];
  return [...direct, ...proxies.map((way) => ({ type: 'socks5', ...laid.ways[way] }))];
}

function hostsOf({ topology, laid, used, destinations }: Ground): Record<string, string[]> {
  const addresses = used.filter((way) => topology.ways[way].kind === 'address').map((way) => laid.ways[way].host);
  if (addresses.length === 0) return {};
  return Object.fromEntries(Array.from({ length: destinations }, (_, index) => [nameOf(index), addresses]));
}

const gateway: Subject = {
  name: 'tcproute',
  topologies: ['proxies', 'mixed', 'addresses'],
  states: ['first', 'remembered', 'died'],
  speeches: ['hello', 'client', 'other'],
  asserted: true,
  settle_ms: 0,
  host: nameOf,
  peer: (ground) => ({
    name: 'tcproute',
    bare: false,
    scales: true,
    find() {
      const path = join(PACKAGE_ROOT, 'bin/tcproute.js');
      return existsSync(path) ? { path, version: versionIn(PACKAGE_ROOT) } : undefined;
    },
    command: (path, { listen, directory }) => ({
      argv: [process.execPath, path, '-c', join(directory, 'config.json'), '--port', String(listen.echo)],
      environment: { TCPROUTE_DNS_PROBE_ENABLED: 'off' },
      files: {
        'config.json': JSON.stringify({
          upstream: { type: 'multipath', list: linesOf(ground) },
          hosts: hostsOf(ground),
          // No name server is asked: names are in `hosts`, or are resolved by the proxies.
          nameservers: '127.0.0.1:1',
          workers: ground.workers,
          log_level: 'warn',
        }),
      },
    }),
  }),
};

/** The version in Debian knows only the strategy `random`. */
const v2rayBalancer: Subject = {
  name: 'v2ray',
  remark: 'balancer with its strategy "random": it remembers nothing of a destination',
  topologies: ['proxies'],
  states: ['first'],
  speeches: ['hello'],
  faults: SOME_FAULTS,
  asserted: false,
  settle_ms: 0,
  host: nameOf,
  peer: ({ laid, used }) => ({
    ...v2ray,
    command(path, conditions) {
      const { argv } = v2ray.command(path, conditions);
      const tags = used.map((way) => `line-${way}`);
      const config = {
        log: { loglevel: 'none', access: '/dev/null', error: '/dev/null' },
        inbounds: [
          {
            listen: '127.0.0.1',
            port: conditions.listen.echo,
            protocol: 'socks',
            settings: { auth: 'noauth', udp: false },
          },
        ],
        outbounds: used.map((way, index) => ({
          tag: tags[index],
          protocol: 'socks',
          settings: { servers: [{ address: laid.ways[way].host, port: laid.ways[way].port }] },
        })),
        routing: {
          balancers: [{ tag: 'lines', selector: ['line-'] }],
          rules: [{ type: 'field', network: 'tcp', balancerTag: 'lines' }],
        },
      };
      return { argv, files: { [fileOf(v2ray, path, conditions)]: JSON.stringify(config) } };
    },
  }),
};

/** The name of a peer's only configuration file. */
function fileOf(peer: Peer, path: string, conditions: Parameters<Peer['command']>[1]): string {
  return Object.keys(peer.command(path, conditions).files ?? {})[0];
}

const haproxyBackend: Subject = {
  name: 'haproxy',
  remark:
    'balance first, retries 3 with redispatch, connect timeout 500 ms, health checks every 500 ms; no SOCKS, one destination',
  topologies: ['addresses'],
  states: ['remembered', 'died'],
  speeches: ['hello'],
  faults: SOME_FAULTS,
  asserted: false,
  settle_ms: 2000,
  host: nameOf,
  peer: ({ laid, used }) => ({
    ...haproxy,
    command(path, conditions) {
      const servers = used.map(
        (way) => `  server way-${way} ${laid.ways[way].host}:${laid.services.tls} check inter 500ms fall 2 rise 2`,
      );
      const config = `
global
  nbthread 1
defaults
  mode tcp
  timeout connect 500ms
  timeout check 500ms
  timeout client 1m
  timeout server 1m
  retries 3
  option redispatch 1
listen race
  bind 127.0.0.1:${conditions.listen.echo}
  balance first
${servers.join('\n')}
`;
      const { argv } = haproxy.command(path, conditions);
      return { argv, files: { [fileOf(haproxy, path, conditions)]: config } };
    },
  }),
};

const microsocksAlone: Subject = {
  name: 'microsocks',
  remark: 'one line: what a fault is without any choice',
  topologies: ['one-address'],
  states: ['first'],
  speeches: ['hello'],
  faults: SOME_FAULTS,
  asserted: false,
  settle_ms: 0,
  // It would ask the machine's resolver for a name.
  host: () => '127.0.1.1',
  peer: () => microsocks,
};

export const SUBJECTS: readonly Subject[] = [gateway, v2rayBalancer, haproxyBackend, microsocksAlone];
