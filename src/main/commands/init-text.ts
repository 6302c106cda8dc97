// The configurations that `tcproute init` writes: JSON with comments, for one of a few purposes. It asks nothing and writes no file.

export const KINDS = ['loopback', 'lan', 'haproxy', 'uplinks'] as const;
export type Kind = (typeof KINDS)[number];

export interface Answers {
  readonly kind: Kind;
  readonly port: number;
  /** Who may come, for `lan` and `haproxy`: networks. */
  readonly clients: readonly string[];
  /** For `lan`; `hash` as `tcproute passwd` prints it. */
  readonly user: { readonly name: string; readonly hash: string } | undefined;
  /** The address of HAProxy, for `haproxy`. */
  readonly proxy: string;
  /** For `uplinks`: addresses of this machine, names of its interfaces, and proxies as URLs. */
  readonly uplinks: readonly string[];
}

/** What people call private; an answer to "who may come" for those who do not know their network. */
export const PRIVATE_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
/** A listener with networks of clients names this machine's own, too. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

export function configurationText(answers: Answers): string {
  return `// A configuration of tcproute. \`tcproute check -c FILE\` says whether the file is right. Every key is in docs/config.md, which
// npm has installed as "$(npm root -g)/tcproute/docs/config.md".
{
${entrance(answers)}

${lines(answers)}

  // Names are asked of the servers of the machine. Others, such as "https://dns.example/dns-query" or "tls://192.0.2.1", beside or
  // in place of these:
  // "nameservers": ["system"],

  // What is remembered of destinations is kept over a restart in this file, whose folder must be there:
  // "cache": { "state_file": "/var/lib/tcproute/routes.json" },

  // A dashboard, an API and metrics for this machine, at http://127.0.0.1:9090; also for \`tcproute status\` and \`tcproute top\`:
  // "admin": { "listen": "127.0.0.1:9090" },

  // For \`tcproute reload\` and \`tcproute upgrade\`; without it, send SIGHUP and SIGUSR1:
  // "control_socket": "/run/tcproute/control",
  // The number of the process, for scripts that send signals:
  // "pid_file": "/run/tcproute/tcproute.pid",
  // In place of standard output, a file that is opened again at SIGHUP, so that logrotate can rotate it:
  // "log": { "destination": "/var/log/tcproute/tcproute.log" },

  // trace, debug, info, warn, error, fatal or silent
  "log_level": "info"
}
`;
}

const json = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/("(?:[^"\\]|\\.)*")|([,:])/g, (_, text, mark) => text ?? `${mark} `);

function entrance({ kind, port, clients, user, proxy }: Answers): string {
  switch (kind) {
    case 'loopback':
    case 'uplinks':
      return `  // SOCKS and HTTP clients of this machine alone. "::1" is the same for IPv6.
  "host": "127.0.0.1",
  "port": ${port},`;
    case 'lan':
      return `  // SOCKS and HTTP clients of other machines. "::" takes clients of both families.
  "host": "0.0.0.0",
  "port": ${port},
  // Only from these networks, and with a password.
  "allow_clients": ${json([...LOOPBACK, ...clients])},
  // Each user with a hash that \`tcproute passwd\` prints, or with "password_file" in its place.
  "users": {
    ${user === undefined ? '' : `${json(user.name)}: { "password": ${json(user.hash)} }`}
  },
  // Clients may not go to loopback and metadata addresses and to this machine itself. To keep them from the LAN, too:
  // "egress": { "deny": ["private"] },
  // For each client network and each user:
  // "limits": { "client_connections_max": 1000, "user_connections_max": 1000 },`;
    case 'haproxy':
      return `  "listen": [
    {
      "host": ${json(isLoopback(proxy) ? '127.0.0.1' : '0.0.0.0')},
      "port": ${port},
      // HAProxy, which writes the client's address before its bytes (send-proxy-v2 in its "server" line).
      "proxy_protocol": { "from": ${json([proxy])} },
      // The clients that HAProxy may hand over.
      "allow_clients": ${json([...LOOPBACK, ...clients])}
    }
  ],
  // Clients may not go to loopback and metadata addresses and to this machine itself. To keep them from private networks, too:
  // "egress": { "deny": ["private"] },`;
    default:
      return kind satisfies never;
  }
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

function lines({ kind, uplinks }: Answers): string {
  if (kind !== 'uplinks')
    return `  // One line, straight to the destination. Several are raced:
  // "upstream": ["direct", "socks5://user:password@192.0.2.1:1080"],`;
  const list = uplinks.map((uplink) => `    ${uplinkText(uplink)}`).join(',\n');
  return `  // Every connection races these lines, and the first that is connected wins. What won is remembered for each destination.
  // { "type": "direct", "interface": "eth0" } is a line by an interface, "socks5://user:password@host:1080" one by a proxy.
  "upstream": [
${list}
  ],
  // Destinations that may use one line only; the first rule that matches applies:
  // "rules": [{ "domain_suffix": "example.com", "use": ["NAME"] }],`;
}

function uplinkText(uplink: string): string {
  if (uplink === 'direct' || uplink.includes('://')) return json(uplink);
  const isAddress = /^\d+\.\d+\.\d+\.\d+$|:/.test(uplink);
  const where = isAddress ? { source_ip: uplink } : { interface: uplink };
  return json({ type: 'direct', name: uplink, ...where })
    .replace(/^\{/, '{ ')
    .replace(/\}$/, ' }');
}
