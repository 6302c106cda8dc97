// What the egress policy says of addresses and of a configuration, for the commands `dns`, `explain` and `check`. It connects
// to nothing.
import { parseIp } from '../../protocol/address/address.js';
import { DEFAULT_DENIALS, type EgressOptions, parseEgressEntry } from '../../protocol/egress/entry.js';
import { EgressPolicy } from '../../protocol/egress/policy.js';
import type { Options } from '../../protocol/options.js';
import { machineHas } from '../process/machine.js';

const PORT_MAX = 65_535;

/** An address that the policy leaves out. */
export interface Denied {
  readonly address: string;
  /** `22`, `80-89`; undefined where it is the only one asked for, or the same holds for every port. */
  readonly ports?: string | undefined;
  /** The entry that denies it. */
  readonly why: string;
}

/** Those of the canonical addresses that are denied at this port. */
export function deniedAt(port: number, addresses: readonly string[], egress: EgressOptions): readonly Denied[] {
  const policy = new EgressPolicy(egress, machineHas);
  return addresses.flatMap((address) => {
    const why = whyDenied(policy, address, port);
    return why === undefined ? [] : [{ address, why }];
  });
}

/** Those that are denied at any port, with the ports. */
export function deniedAmong(addresses: readonly string[], egress: EgressOptions): readonly Denied[] {
  const policy = new EgressPolicy(egress, machineHas);
  const starts = portStarts(egress);
  return addresses.flatMap((address) => {
    /** Of ports in a row for which the same holds. */
    const runs: { readonly from: number; readonly why: string | undefined }[] = [];
    for (const from of starts) {
      const why = whyDenied(policy, address, from);
      if (runs.length === 0 || runs[runs.length - 1]?.why !== why) runs.push({ from, why });
    }
    return runs.flatMap(({ from, why }, index): readonly Denied[] => {
      if (why === undefined) return [];
      const to = (runs[index + 1]?.from ?? PORT_MAX + 1) - 1;
      const ports = from === to ? String(from) : `${from}-${to}`;
      return [runs.length === 1 ? { address, why } : { address, ports, why }];
    });
  });
}

function whyDenied(policy: EgressPolicy, address: string, port: number): string | undefined {
  const ip = parseIp(address);
  return ip === undefined ? undefined : policy.denies(ip, port)?.detail;
}

/** The ports at which the policy may begin to say something else, ascending. */
function portStarts({ allow, deny }: EgressOptions): readonly number[] {
  const starts = new Set([1]);
  for (const text of [...allow, ...deny]) {
    const ports = parseEgressEntry(text)?.ports;
    if (ports === undefined) continue;
    starts.add(ports.from);
    if (ports.to < PORT_MAX) starts.add(ports.to + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

/** `127.0.0.1, port 22 (egress.deny: …)`. */
export function deniedText({ address, ports, why }: Denied): string {
  const where = ports === undefined ? address : `${address}, port ${ports}`;
  return `${where} (${why})`;
}

/** The policy as a section of `check`; empty where everything is allowed. */
export function policyText({ deny, allow, guarded }: EgressOptions): string {
  const row = (what: string, entries: readonly string[]): string =>
    entries.length === 0 ? '' : `  ${what}: ${entries.join(', ')}\n`;
  const rows =
    row('denied by default, since other machines may come', guarded ? DEFAULT_DENIALS : []) +
    row('denied', deny) +
    row('allowed', allow);
  return rows === '' ? '' : `egress:\n${rows}`;
}

/** Warnings about addresses of `hosts` that clients cannot reach. */
export function hostsWarnings({ hosts, egress }: Pick<Options, 'hosts' | 'egress'>): readonly string[] {
  return Object.entries(hosts).flatMap(([name, addresses]) =>
    deniedAmong(addresses, egress).map((denied) => `hosts: ${name}: the egress policy denies ${deniedText(denied)}`),
  );
}
