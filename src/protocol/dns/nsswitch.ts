// How the machine finds hosts: the line for hosts of nsswitch.conf(5). It reads no file, and knows which names had better
// be left to getaddrinfo.

/** What besides `files` and `dns` makes no difference for ordinary names: see `leftToGetaddrinfo`. */
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

/** How names are found, as far as anybody can tell from nsswitch.conf. */
export interface HostServices {
  /** By the hosts file, then by DNS, and by nothing else that matters. */
  readonly isPlain: boolean;
  /** Whether DNS is asked at all. */
  readonly hasDns: boolean;
}

export function parseNsswitch(nsswitch: string): HostServices {
  const line = /^[ \t]*hosts:([^\n#]*)/m.exec(nsswitch)?.[1];
  // glibc's default without the line is `files dns`, so it is for musl, which has no such file.
  if (line === undefined) return { isPlain: true, hasDns: true };
  const services = line
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  const known = services.every((service) => service === 'files' || service === 'dns' || HARMLESS.includes(service));
  const hasDns = services.includes('dns') || services.includes('resolve');
  return { isPlain: known && hasDns, hasDns };
}

/** Names that another service than DNS may know: those of the link (mDNS), and of this machine. */
export function leftToGetaddrinfo(name: string, hostname: string): boolean {
  return name === 'local' || name.endsWith('.local') || name === hostname;
}
