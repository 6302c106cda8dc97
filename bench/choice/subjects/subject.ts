// The programs whose choice of a line is measured, each with a configuration of the cell's. It starts them, and says when one is
// not installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon } from '../../peers/daemon.js';
import { haproxy } from '../../peers/haproxy.js';
import type { Peer } from '../../peers/peer.js';
import { v2ray } from '../../peers/v2ray.js';
import { PACKAGE_ROOT, versionIn } from '../../shared/package-root.js';

/** Subjects get their ways by their configuration, not as the other bench's target. */
const NO_TARGET = { echo: [], source: [], sink: [], proxy: [] };

export interface Subject {
  /** As it stands in the report. */
  readonly name: string;
  /** Whether a broken promise of it fails the run. */
  readonly asserted: boolean;
  readonly peer: Peer;
}

export const GATEWAY = 'tcproute';

/** The gateway; `config` is what its configuration has beside the port. */
export function gateway(name: string, config: object): Subject {
  const peer: Peer = {
    name: GATEWAY,
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
        'config.json': JSON.stringify({ nameservers: '127.0.0.1:1', workers: 1, log_level: 'warn', ...config }),
      },
    }),
  };
  return { name, asserted: true, peer };
}

/** v2ray with a SOCKS inbound; `config` is all else. */
export function v2rayWith(name: string, config: object): Subject {
  const peer: Peer = {
    ...v2ray,
    command(path, conditions) {
      const { argv, files = {} } = v2ray.command(path, conditions);
      const [file] = Object.keys(files);
      const usual = JSON.parse(files[file]) as object;
      return { argv, files: { [file]: JSON.stringify({ ...usual, ...config }) } };
    },
  };
  return { name, asserted: false, peer };
}

/** HAProxy; `sections` are given its port, and stand behind usual defaults. */
export function haproxyWith(name: string, sections: (port: number) => string): Subject {
  const peer: Peer = {
    ...haproxy,
    command(path, conditions) {
      const { argv, files = {} } = haproxy.command(path, conditions);
      const [file] = Object.keys(files);
      return { argv, files: { [file]: `${DEFAULTS}${sections(conditions.listen.echo)}\n` } };
    },
  };
  return { name, asserted: false, peer };
}

const DEFAULTS = `
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
`;

/** Calls `body` with the port of the running subject; undefined where it is not installed. */
export async function running<Result>(
  { peer }: Subject,
  body: (port: number) => Promise<Result>,
): Promise<Result | undefined> {
  const found = peer.find();
  if (found === undefined) return undefined;
  const daemon = await Daemon.start(peer, found.path, NO_TARGET, 1);
  try {
    const result = await body(daemon.listen.echo);
    if (daemon.end !== undefined) throw new Error(`${peer.name} ended with ${daemon.end}`);
    return result;
  } finally {
    await daemon.stop();
  }
}
