// Parses the `hosts` line of nsswitch.conf(5), which says how the machine finds hosts, and tells which names are to be left
// to getaddrinfo. It reads no file.

/** Services beside `files` and `dns` that matter only for the names of `leftToGetaddrinfo`. */
const HARMLESS = [
  'myhostname',
  'mymachines',
  'resolve',
  'mdns',
  'mdns4',
  'mdns6',
  'mdns_minimal',
  'mdns4_minimal',
  'mdns6_minimal',
];

/** How names are found, as far as nsswitch.conf says. */
export interface HostServices {
  /** Names are found in the hosts file and by DNS, and by no other service that matters. */
  readonly isPlain: boolean;
  /** Whether DNS is asked at all. */
  readonly hasDns: boolean;
}

/** `nsswitch`: the contents of nsswitch.conf; empty where there is none. */
export function parseNsswitch(nsswitch: string): HostServices {
  const line = /^[ \t]*hosts:([^\n#]*)/m.exec(nsswitch)?.[1];
  // Without the line glibc uses `files dns`. So does musl always, which does not read the file.
  if (line === undefined) return { isPlain: true, hasDns: true };
  const services = line
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  const known = services.every((service) => service === 'files' || service === 'dns' || HARMLESS.includes(service));
  const hasDns = services.includes('dns') || services.includes('resolve');
  return { isPlain: known && hasDns, hasDns };
}

/** Whether another service than DNS may know the name: names of the link (mDNS), and this machine's name. */
export function leftToGetaddrinfo(name: string, hostname: string): boolean {
  return name === 'local' || name.endsWith('.local') || name === hostname;
}
