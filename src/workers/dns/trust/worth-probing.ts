// Decides which servers are worth probing, and whether the network is: only where it can matter for a connection. It asks
// nothing.
import { isIP } from 'node:net';
import type { Nameserver, Options } from '../../../protocol/options.js';

export interface WorthProbing {
  /** Servers to ask for names that cannot exist. */
  readonly servers: readonly Nameserver[];
  /** Whether to find out what the network injects, with questions to servers that do not exist. */
  readonly network: boolean;
}

/**
 * Nothing is probed where no name is resolved here, that is where every line begins with a proxy given by its address. A
 * server with a verified certificate is not probed: its answers are its own, and the operator trusts it. Nobody on this
 * network can inject answers into questions to such a server, or through a line.
 */
export function worthProbing({
  lines,
  nameservers,
  nameservers_backup,
}: Pick<Options, 'lines' | 'nameservers' | 'nameservers_backup'>): WorthProbing {
  const resolves = lines.some(({ hops: [first] }) => first === undefined || isIP(first.host) === 0);
  if (!resolves) return { servers: [], network: false };
  const servers = distinct([...nameservers, ...nameservers_backup]).filter(({ kind }) => !isVerified(kind));
  return { servers, network: servers.some(({ via, kind }) => via === undefined && kind !== 'tcp') };
}

function isVerified(kind: Nameserver['kind']): boolean {
  return kind === 'tls' || kind === 'https';
}

function distinct(servers: readonly Nameserver[]): readonly Nameserver[] {
  return servers.filter(({ id }, index) => servers.findIndex((other) => other.id === id) === index);
}
