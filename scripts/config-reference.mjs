// Writes docs/config.md from the compiled schema, with the prose below that no schema holds. With --check it writes nothing
// and ends with status 1 if the file is not up to date. Needs `npm run build` first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const target = new URL('../docs/config.md', import.meta.url);
const compiled = new URL('../dist/src/main/config/keys.js', import.meta.url);

if (!existsSync(compiled)) {
  console.error('config-reference: not built yet: run `npm run build` first');
  process.exit(1);
}
const { KEYS, SPELLINGS } = await import('../dist/src/main/config/keys.js');
const { PYTHON_LEVELS } = await import('../dist/src/main/config/checks/values/log-level.js');
const { DEFAULT_DENIALS, EGRESS_WORDS } = await import('../dist/src/protocol/egress/entry.js');
const { INBOUND_NAMES } = await import('../dist/src/protocol/inbound-name.js');
const { PREFERENCE_KEYS } = await import('../dist/src/main/config/checks/lines/preference.js');
const { BUDGET_KEYS } = await import('../dist/src/main/config/checks/lines/budget.js');
const { LINE_KEYS } = await import('../dist/src/main/config/checks/lines/upstream.js');

const code = (text) => `\`${text}\``;
const cell = (text) => text.replaceAll('|', '\\|');

function defaultOf({ path, setting }) {
  if (path === 'dns.probe.phantom_servers') {
    return code(JSON.stringify(setting.default.map(({ address }) => address)));
  }
  if (path === 'upstream') return code('{"type": "direct"}');
  if (path === 'nameservers') return code('"system"');
  if (['nameservers_backup', 'hosts', 'listen', 'users'].includes(path)) return 'none';
  return setting.default === null ? 'none' : code(JSON.stringify(setting.default));
}

const rows = KEYS.map((key) => {
  const { doc, env, allowed } = key.setting;
  return `| ${[code(key.path), cell(allowed), defaultOf(key), code(env), cell(doc)].join(' | ')} |`;
});

const WORDS = {
  loopback: 'Of every machine: for itself alone.',
  'link-local': 'For one network without a router.',
  metadata: 'Where clouds give a machine its settings and credentials.',
  private: 'Of private networks, and those that carriers share.',
  multicast: 'Of many machines at once, with broadcast.',
  own: 'Of the machine that the gateway runs on, except loopback: of its interfaces and of its `local` routes. They are asked of the kernel, so that a new address counts a second later.',
  all: 'Of everything.',
};
/** Those of every type have a paragraph of their own. */
const keysOf = (type) =>
  LINE_KEYS[type]
    .filter((key) => key !== 'type' && ![...PREFERENCE_KEYS, ...BUDGET_KEYS].includes(key))
    .map(code)
    .join(', ');

const words = Object.entries(EGRESS_WORDS).map(
  ([word, networks]) =>
    `| ${[code(word), networks.map(code).join(', ') || 'those at the moment', WORDS[word]].join(' | ')} |`,
);

const page = `<!-- Made by scripts/config-reference.mjs from src/main/config/schema.ts: change those, not this file. -->
# Configuration

\`tcproute -c FILE\` reads JSON (comments and trailing commas allowed), YAML (\`.yaml\`, \`.yml\`) or TOML (\`.toml\`); any other
extension is read as JSON. A text whose format is not the one that its name says is reported as that, but JSON may stand in a YAML file. A pipe that is given to the process (\`-c /dev/stdin\`, \`-c <(generate)\`) is read for up to 10 s, as
JSON. Without \`-c\`, \`config.json\` in the working directory is read if there is one, else the defaults apply. A file that has
none of the keys belongs to another program: \`dns\` and \`explain\` ignore it, and everything else refuses it. A dot in a key stands for nesting: \`limits.lines_max\` is \`{"limits": {"lines_max": 256}}\`.

What is given later wins: file, then environment, then command line (\`--port\`, \`--host\`, \`--workers\`, \`--log-level\`).
\`tcproute check -c FILE\` says whether all of it is right and lists its lines; with \`--dial\` it
tries every line until its last proxy answers in its protocol (an HTTP or SOCKS4 proxy, which says nothing before, is asked for
\`tcproute-check.invalid\`, a name that nobody can have), every name server (for example.com), every place to listen on, the engine of \`share.url\`
(whether it can be reached, and whether the user may read and write there) and the gateway of \`cache.start_from\`, side by side and within
\`race.connect_timeout_ms\`, \`dns.timeout_ms\` or some seconds, and its exit status is 0 only if all work. Every mistake is reported at once, with
file, line, key and what is allowed (the first 50, and the number of the others). An unknown key and a key that stands twice are
mistakes, also where it stands as \`limits.lines_max\` and inside \`limits\`. Mistakes of the syntax come first, in YAML and (where
each is a line of its own) in TOML all at once, in JSON one. A file with more unknown keys than known ones is reported as another program's; an unknown variable that begins with \`TCPROUTE_\` is warned of. What Kubernetes and Docker set for a service named
\`tcproute\` (\`TCPROUTE_PORT=tcp://…\` and others) is passed over.

A time takes a unit, too: \`"300ms"\`, \`"90s"\`, \`"5m"\`, \`"1.5h"\`, \`"2d"\`. \`5 min\` is \`5m\`. A plain number has the
unit in which the name of the key ends. \`true\` and \`false\` stand for on and off; \`yes\` and \`no\` are texts, in YAML too. An IPv6
address may be in brackets. Relative paths of files begin in the folder of the configuration; in environment variables, in
the working directory. In YAML, \`<<\` includes the keys of another map.

**Files that are missing**: a list of a rule that is missing or cannot be read is a mistake at the start, reported with its key and
its path. While the gateway runs it changes nothing. A missing \`dns.ca_file\` brings a warning, and the usual authorities are used. A
missing state file is normal. Without /etc/hosts there are only the names of \`hosts\`; without /etc/resolv.conf \`system\` is
127.0.0.1, as for glibc.

**Secrets in files**: \`password_file\` in place of \`password\`, of a proxy or a user, and \`username_file\` of a proxy in place of
\`username\`, name a file whose text without its last end of line is the value: at most 64 KiB, not empty, UTF-8. It is read whenever the
configuration is read. \`credential:NAME\` is a credential that systemd gives to the unit (\`LoadCredential=NAME:/path\`, a file in
\`$CREDENTIALS_DIRECTORY\`); a secret of Docker or Kubernetes is an ordinary file such as \`/run/secrets/NAME\`. In \`users_file\` relative
paths begin in the folder of that file. A secret file that every user of the machine can read brings a warning (not below
\`/run/secrets\`), and so does a configuration or \`users_file\` that has passwords in plain text and that every user can read.

**State files**: routes and what lines have carried are written every minute if something has changed, bad addresses after each probe, and all at SIGTERM or
SIGINT and at the end, each time as a new file that takes the place of the old one. The first gateway that uses a state file makes a lock beside it (\`NAME.lock\`) and writes the state. Others read the state
and log that they do not write it; \`dns\` and \`explain\` never write. The lock holds the number of the process. The lock
file stays when the gateway has ended; it means nothing then and may be deleted. A file that this program did not write, or wrote in
another format, is not read, and one that it did not write is left as it is; a start and \`tcproute check\` warn of both cases, and
of a folder that cannot be written.

| key | allowed | default | environment variable | what it is |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

An empty environment variable counts as absent. In the environment \`nameservers\`, \`nameservers_backup\`,
\`IpBlacklist\`, \`allow_clients\` and the lists of \`egress\` are one entry, several with commas between, or a JSON list; \`listen\`, \`rules\`, \`hosts\`
and \`users\` are JSON, \`upstream\` is JSON or a URL.

## listen

\`host\` and \`port\` are one listener. Where several are wanted, or one with more keys, \`listen\` is a list of them, and \`host\` and
\`port\` are not given anywhere: both together are a mistake, also where one stands in the file and the other in the environment
or on the command line.

| key of a listener | what it is |
| --- | --- |
| \`port\`, \`host\` | The port, 0 for one of the kernel's choice, and the address, 127.0.0.1 without it. \`::\` takes clients of both families; an IPv4 client has its IPv4 address everywhere. |
| \`unix\`, \`mode\` | In place of these, the path of a Unix socket, and its permissions as \`"0660"\` (\`"0600"\` without it): who may write to the file may connect. The file of a gateway that has died is replaced. Where another process listens, or another kind of file is, the gateway does not start. The file goes when the gateway stops. |
| \`name\` | What the listener is called in logs and records; its address without it. |
| \`protocols\` | The protocols that clients may speak, one or a list of ${INBOUND_NAMES.map(code).join(', ')}; all without it. |
| \`users\` | Whether a client must show which user it is: true where users are set, unless it is \`false\` here. |
| \`allow_clients\` | The networks that clients may come from; without it those of the key \`allow_clients\` at the top. An address stands for itself, a network is \`10.0.0.0/8\`. Here and wherever networks stand, \`10.9.0.3/8\` is taken as \`10.0.0.0/8\`, with a warning. |
| \`proxy_protocol\` | \`{"from": [networks]}\`: what connects from there is a proxy, and writes a PROXY header (version 1 or 2) before the bytes of each client. The client's address is then the one in the header, and it must be in \`allow_clients\` too. Where the header tells no address (\`UNKNOWN\`, \`LOCAL\`), the client is the proxy itself, and its own address must be there. For a Unix socket \`from\` is \`"unix"\`; there a header without an address is served only where everybody may come. A network with 8 fixed bits or fewer that is not a private one gets a warning where \`allow_clients\` is narrower: all its clients could name any address. |
| \`idle_timeout_ms\` | How long its connections may be quiet, in place of \`idle_timeout_ms\` at the top; 0 is for ever. See [quiet connections](#quiet-connections). |
| \`keepalive\` | How the peers of its connections are probed meanwhile, in place of \`tcp_keepalive_s\`: \`{"idle_s": 300, "interval_s": 60, "probes": 5}\`, or \`false\` for no probes. |

\`\`\`json
{
  "listen": [
    { "port": 7070 },
    { "host": "::", "port": 7071, "name": "lan", "allow_clients": ["192.168.0.0/16", "fd00::/8"] },
    { "port": 7072, "allow_clients": ["0.0.0.0/0", "::/0"], "proxy_protocol": { "from": ["127.0.0.1"] } }
  ]
}
\`\`\`

**Who may come.** Without \`allow_clients\` only clients of this machine may: those from 127.0.0.0/8 and ::1, and those of Unix
sockets. A listener that other machines can reach, or that is behind a proxy, is a mistake unless \`allow_clients\` or users say who
may come; everybody is \`["0.0.0.0/0", "::/0"]\`. Where users are set and \`allow_clients\` is not, a user may come from
anywhere. Who may not come is closed at once, counted in the report of SIGUSR2 (\`refused\`), and named in the log, each
client at most once a minute. An IPv6 address stands for itself: one that leads to an IPv4 address by a tunnel is not in the
IPv4 network.

**One client and the others.** Where clients of other machines may come, no client network (an IPv4 address, or the /64 of an
IPv6 address) has more than four times as many connections as are free: one that opens all it can has four fifths of
\`limits.connections_max\`, and the others find a fifth of it free. While fewer than a quarter are free, a new client has at most two
seconds for its handshake. \`limits.client_connections_max\`, \`limits.client_rate\` and \`limits.client_handshakes_max\` are limits of
each network that hold at any time; they are off unless they are set, since many people may come from one address. Behind a proxy
of \`proxy_protocol\` the client is the one that the header tells, with all that it has with and without the proxy. The proxy
itself counts only until it has told: its share and \`limits.client_handshakes_max\` are for its connections without a header.
One user may be limited too, see [users](#users-users_file).

A connection counts until both sides have ended it: one that only the client has closed, until the server does so, or keepalive
(\`tcp_keepalive_s\`) or \`half_closed_timeout_ms\` ends it.

What is over a limit is counted (\`limited\`, \`limitedTold\`), named in the log like the others, and refused: SOCKS5 with 02, SOCKS4
with 91, HTTP with 429. A refused client is not asked for a password and has a second to say its request. Only 64 are refused so
at a time, and no more than an eighth of the free connections; for each kind of limit 50 a second, and 100 at once. The others are
closed without a word, so that a flood costs next to nothing.

A Unix socket has no reset: where a connection breaks off, its client sees an end.

## upstream

A line is a way to a destination. Every connection races the lines, and the first that is connected wins. \`upstream\` is a
tree of these types:

| type | keys | what it is |
| --- | --- | --- |
| \`direct\` | ${keysOf('direct')} | Straight to the destination. \`source_ip\` and \`source_port\` choose the local address; without them, or with \`0.0.0.0\`, \`::\` or port 0, the kernel chooses; \`"auto"\` is the present address of the \`interface\` (see below). \`interface\` lets connections leave by that network interface only (SO_BINDTODEVICE; no privilege since Linux 5.7). \`mark\` marks their packets for rules of routing and firewalls (SO_MARK; it takes CAP_NET_ADMIN). As the \`upstream\` of a proxy, all of them apply to the connection to the proxy. |
| \`socks5\` | ${keysOf('socks5')} | Through a SOCKS5 proxy. \`host\` (an IP address, or a name) and \`port\` are needed: they are the proxy's own address, to which the gateway connects, and not the destination of a client; \`username\` and \`password\` go together; either can come from a file. \`upstream\` is how the proxy itself is reached: direct if absent. |
| \`http\` | ${keysOf('http')} | The same through an HTTP proxy with CONNECT. The credentials are sent as Basic. |
| \`https\` | ${keysOf('https')} | The same with TLS to the proxy. Its certificate must be for \`server_name\` (\`host\` if absent), by the usual authorities or those of \`ca_file\` (PEM). It is the first proxy of its line; others may be behind it. |
| \`socks4\` | ${keysOf('socks4')} | The same through a SOCKS4 proxy that resolves names (4a). \`username\` is the user id; SOCKS4 has no password and no IPv6: where the destination is an IPv6 address, a line that ends with it is left out, and \`explain\` says so. |
| \`multipath\` | ${keysOf('multipath')} | Any of the lines in \`list\`. |

A list of lines stands for a \`multipath\`, \`"direct"\` for a direct line, and \`"socks5://user:password@host:1080"\`,
\`"http://user:password@host:8080"\`, \`"https://user:password@host:443"\` or \`"socks4://user@host:1080"\` for a line with a proxy (other characters of user and
password as \`%40\`).

They nest to any sensible depth, in any order. A \`multipath\` within the \`upstream\` of a proxy makes one line for each way to that
proxy; all together there are at most \`limits.lines_max\`. Two equal lines stay two.

**Which line is preferred** is said by keys that each type may have, \`multipath\` too:

| key | allowed | default | what it is |
| --- | --- | --- | --- |
| \`tier\` | 0 to 9 | 0 | A line of a higher tier starts when all lines of the lower ones are late or have failed. Where both are known to work, the lower tier is used, however slow. |
| \`cost_ms\` | 0 to 60000, or a time such as \`"50ms"\` | 0 | Within its tier: how much later than the cheapest line it starts, and how much faster it must be to be as good. |
| \`weight\` | 1 to 100 | none | Its share of the destinations among lines of one tier and cost that are about as fast. Each destination begins with one of them, always the same, and the others wait until it is late. Where one line has a weight, the others count as 1. |

What stands at a part of the tree holds for all lines below it, unless a part further below says otherwise. The \`upstream\` of a proxy
is below the proxy, and the entries of a \`list\` are below their \`multipath\`:

\`\`\`json
{
  "upstream": [
    "direct",
    {
      "type": "multipath", "tier": 1, "cost_ms": 20,
      "list": [
        { "type": "socks5", "name": "near", "host": "192.0.2.1", "port": 1080 },
        {
          "type": "socks5", "name": "far", "host": "192.0.2.2", "port": 1080, "tier": 2,
          "upstream": [{ "type": "direct", "source_ip": "192.168.1.2" }, { "type": "direct", "source_ip": "10.0.0.9", "tier": 3 }]
        }
      ]
    }
  ]
}
\`\`\`

\`direct\` is of tier 0, \`near\` of tier 1, \`far\` from 192.168.1.2 of tier 2 and from 10.0.0.9 of tier 3; all but \`direct\` cost 20 ms.
\`tcproute check\` lists them. A reload may change them: the line stays the same, and what is remembered of it stays, too.

A line is late by its history at the destination, or else by what it took to other destinations, and after \`race.first_byte_ms\` at most
where the destination is new. A line that is down keeps nobody waiting. Where a server does not answer the ClientHello in time, the next
tier is opened, too.

A destination **comes home**: while a dearer line carries it, a cheaper one is tried again, ten seconds after it has failed, then after
twenty, forty and so on, every five minutes at most. The trial goes beside the connection of a client, which the dearer line carries;
the next connection begins with the cheaper line if that has connected, or, where it had connected before without an answer, if
it has answered the client's ClientHello. A line that fails again soon has to wait on; one whose link comes back is tried at once; one that is
too slow for its cost is measured anew in the same way. Destinations of a \`sticky\` rule stay on their line. A server that waits for
its client's first bytes and speaks no TLS cannot be tried so once it has been silent on a line, since those bytes are sent only once: it
keeps the dearer line until it is forgotten, \`cache.ttl_s\` after its last connection.

**Budgets.** Any part of the tree may also say what the lines below it may carry in a month, all of them together: an uplink with a
contract of 50 GB, whatever proxies are reached by it.

| key | allowed | default | what it is |
| --- | --- | --- | --- |
| \`budget_bytes\` | 1 to 1000000000000000, or a text such as \`"50GB"\`, \`"500MiB"\` | none | When the lines have carried this much, to and from destinations, they go back by one tier (0 becomes 1) until the month is over. |
| \`budget_day\` | 1 to 28 | 1 | The day on which the month begins, by the machine's own time. |

\`\`\`json
{
  "budget_state_file": "usage.json",
  "upstream": [
    { "type": "direct", "name": "fibre", "mark": 1 },
    {
      "type": "multipath", "tier": 1, "budget_bytes": "48GB", "budget_day": 15,
      "list": [
        { "type": "direct", "name": "lte", "mark": 2 },
        { "type": "socks5", "host": "192.0.2.1", "port": 1080, "upstream": { "type": "direct", "mark": 2 } }
      ]
    }
  ]
}
\`\`\`

A line that is in several such parts goes back by one tier for each budget that is spent. No connection is cut for it. What counts is what
clients and destinations have sent each other, with TLS between the two; headers of packets (some 3 % of a download), the talk with
proxies, and attempts that carried nothing do not, so leave room below the contract. A connection counts when it ends, and while it lives
every five seconds. A unit is a power of 1000, or of 1024 with an i (\`GiB\`). The log says when a budget is spent and when its month begins
anew, and \`tcproute check\` lists what is used, as the gateway that runs says at its \`control_socket\`, or as its file does. \`budget_state_file\` keeps that over restarts, day by day and by what each line is, so
that another place in the tree, another budget or another \`budget_day\` loses nothing. It is kept over an upgrade in any case.

\`name\` is what a line is called in logs. Without one it is made from the chain, the nearest proxy first:
\`direct 10.0.0.1\`, \`socks5 127.0.0.1:5555 > 10.0.0.2:1080 > http 10.0.0.3:8080\`; a repeated name is numbered,
\`direct #2\`. A name that is given twice is a mistake. A \`source_ip\` or an
\`interface\` that the machine does not have brings a warning, and so does a \`mark\` that the process may not set: such a line fails
until that is mended.

**Links.** A line with an \`interface\` or a \`source_ip\` follows the state of its link, as the kernel tells it (rtnetlink). It is out at once, with a
line in the log, when its interface is gone, switched off or without a carrier (a cable that is pulled, a Wi-Fi that has lost its
network), when its \`source_ip\` is no address of this machine any more or the interface that has it is down, or when its
interface has lost its last address. A line that is out takes part in no race while another line can: remembered destinations
go to the next best line, and attempts that are under way over it are given up. When nothing else is left it is tried nevertheless; where its
interface is down that fails at once. When the link is back the line is tried again without waiting, and what has failed because of
the link (no way, a time-out, a proxy out of reach) no longer counts; where it is cheaper than the line that carries a destination now, it is tried beside that one at once. Another address, or a new default route by the interface, is a reason to try
again, too. That a route goes puts no line out: by \`interface\` a tunnel needs none. An interface that never had an address is not taken for broken, since a
tunnel may have none. Where the kernel may not be asked, the log says so, and lines are judged by what becomes of their connections.

\`"source_ip": "auto"\` beside an \`interface\` binds new connections to the address that the interface has at the moment, IPv4 and IPv6, and follows
it, as when DHCP gives another one; connections that stand keep theirs. Without it, \`interface\` alone leaves the source address to
the kernel, which chooses it by the route, and may take one of another interface where this one has none; and rules of
routing for a source (\`ip rule add from …\`) do not hold, since there is no source yet when the route is looked up. With
\`"auto"\` they do. A line with \`"auto"\` dials only addresses of the families that its interface has, and is out while it has none.
Of several addresses of a family it takes the first that \`ip address\` lists of the best kind: global, then unique local (fc00::/7), then
169.254.0.0/16; within a kind, one that is neither deprecated nor temporary (RFC 8981) comes first, then a temporary one, then a deprecated one.
Link-local addresses of IPv6 are no source. It needs
the same as \`interface\`: no privilege since Linux 5.7, and CAP_NET_RAW before. It holds for name servers \`via\` the line and for \`https\` proxies as well, and
\`tcproute check\` shows the present addresses.

\`\`\`json
{
  "upstream": {
    "type": "multipath",
    "list": [
      { "type": "direct", "name": "telecom", "source_ip": "192.168.1.2" },
      { "type": "socks5", "host": "127.0.0.1", "port": 5555 },
      {
        "type": "socks5", "host": "10.0.0.2", "port": 1080, "username": "user", "password": "secret",
        "upstream": { "type": "socks5", "host": "127.0.0.1", "port": 5555 }
      }
    ]
  }
}
\`\`\`

The last line reaches 10.0.0.2 through the proxy at 127.0.0.1. Passwords are masked wherever they are shown.

## rules

A list of rules. The first rule that matches a connection applies, whichever conditions it has. Where no rule matches, all lines race.

| condition | matches |
| --- | --- |
| \`domain_suffix\` | a name and all below it: \`example.com\` is for \`example.com\` and \`a.example.com\`, not for \`badexample.com\`. A leading dot or \`*.\` makes no difference. |
| \`domain\` | the name itself. |
| \`cidr\` | an address or range of either family: what the client asked for, or what a name resolves to. See below. |
| \`domain_suffix_file\`, \`domain_file\`, \`cidr_file\` | the same, from files: one entry a line, \`#\` begins a comment. |
| \`port\` | a port of the destination, or a range such as \`"8000-8999"\`. |
| \`client\` | an address or range from which the client comes, or \`"unix"\` for the clients of Unix sockets. |
| \`user\` | the name of the user that the client has shown to be. |
| \`tag\` | the tag that it wrote behind its name: \`work\` in \`alice+work\`. |
| \`listener\` | the name of the listener by which the client came in (see \`listen\`); one without a name is its address and port, or \`unix:\` and its path. |

Each is one value or a list. A connection must be to **one of the destinations** (any entry of \`domain\`, \`domain_suffix\`, \`cidr\`
and their files), **and** match each other condition that is given, by any of its values. A client that names no user matches no
\`user\` and no \`tag\`. A rule without conditions matches every connection, so it comes last. Names are compared in lower case and without a trailing dot; names in other scripts are compared as \`xn--\`.
An IPv4 range covers its addresses in every form: \`::ffff:1.2.3.4\`, \`::1.2.3.4\`, \`2002:102:304::\` (6to4), \`64:ff9b::1.2.3.4\` (NAT64).

| action | what it does |
| --- | --- |
| \`"use": ["line", …]\` | Only these lines race; one may stand without the list. Their names are those that \`tcproute check\` lists. When they fail, the connection fails. |
| \`"block": true\` | The client gets REP 02, and nothing is dialled. Where the rule matches what the client asked for, nothing is resolved either. |
| \`"sticky": "client"\` | A client's address keeps to the line by which it reached the destination, while that line works, and to its address, also when the name has others by then. Alone or beside \`use\`. The same: \`true\`. |
| \`"sticky": "user"\` | So does a user, from wherever it comes. |
| \`"sticky": "tag"\` | So does a user with one tag: \`alice+1\` and \`alice+2\` each have a line of their own. |
| \`"sticky": "site"\` | So does a user (with its tag, if it gives one) for all hosts and ports of a site together. A site is a registrable domain by the [public suffix list](https://publicsuffix.org), such as \`example.co.uk\`, or an address. Only the line is kept: the addresses follow DNS. |
| \`"idle_timeout_ms": "2d"\` | The connection may be quiet for this long (0: for ever). Alone all lines race; or beside \`use\` and \`sticky\`. See [quiet connections](#quiet-connections). |
| \`"keepalive": {"idle_s": 300}\` | How its peers are probed meanwhile. Likewise. |

\`\`\`json
{
  "rules": [
    { "domain_suffix_file": "lists/ads.txt", "block": true },
    { "domain_suffix": ["bank.example", "login.example"], "port": 443, "sticky": "site" },
    { "client": "192.168.7.0/24", "domain_suffix": "games.example", "block": true },
    { "user": ["alice", "bob"], "use": ["socks5 127.0.0.1:5555"], "sticky": "tag" },
    { "domain_suffix": "lan", "cidr": ["10.0.0.0/8", "fd00::/8"], "use": ["telecom"] },
    { "port": ["25", "6881-6999"], "block": true },
    { "use": ["telecom", "socks5 127.0.0.1:5555"] }
  ],
  "users": { "alice": { "password": "correct horse" }, "bob": { "password": "in plain text" } }
}
\`\`\`

**Ranges and names.** Where a client asks for a name, the first rule for the name chooses the lines, or blocks it before it is
resolved. Then the first rule that matches the name or the address applies to each address that a direct line would dial:
\`block\` leaves the address out, \`use\` leaves it to the named lines among those chosen. If rules leave nothing to dial, the
client gets REP 02. A line with a proxy passes the name on, and the proxy resolves it, so no range rule can judge what it reaches. To
keep names from such a line, list the names in a rule, or \`use\` direct lines only. \`sticky\` beside \`cidr\` applies to clients that ask for an address.
What a rule says of quiet connections applies by the address that a direct line has dialled, too.

**Sticky.** The line that worked is kept until it fails, however much faster another one is; then the next one that works is. A
kept line may be a second later than usual before others are tried beside it. What is remembered is one entry of
\`cache.entries_max\` for each asker and destination (or site), and is forgotten \`cache.ttl_s\` after the last connection. A client
without the user or the tag that the key needs is known by its address; all clients of Unix sockets are one. Connections of an
asker that begin at the same time, before any line is known, may still take different lines.

Files are looked at twice a second, and read again when one has changed and has then stayed the same for one look. Write a
new one beside it and rename it: a list that is read while it is being written would lack its end. Until new rules are
compiled, in a thread of their own, the old ones hold; a list that is missing, or in which not one line is an entry, leaves
them as they were, with one warning. A single line that is no entry is passed over with a warning that counts such lines;
with \`"strict": true\` in the rule it is a mistake. Open connections go on. At most 64 files of 64 MiB and 1 000 000
names and ranges in all; of \`client\`, \`user\`, \`tag\` and \`listener\` 1000 values a rule. Rules with these four are compared one
by one, unless their destinations tell them apart. A rule that names a listener that there is not is a mistake; one that names
such a user brings a warning, since \`users_file\` may have that user later.

### Quiet connections

SSH sessions, databases and long polls may be silent for days, and others are better ended soon. \`keepalive\` and \`idle_timeout_ms\` of
a rule go before those of the listener, and these before \`tcp_keepalive_s\` and \`idle_timeout_ms\` at the top, each key for itself. (\`idle_timeout\` is
another spelling.) A rule is for a connection as every rule is, the first one that matches: where another rule says \`use\`, both keys
belong into that one.

\`\`\`json
{
  "listen": [{ "port": 7070 }, { "port": 7071, "name": "phones", "idle_timeout_ms": "10m", "keepalive": false }],
  "rules": [
    { "port": [22, 5432], "idle_timeout_ms": 0, "keepalive": { "idle_s": "5m", "interval_s": 60, "probes": 5 } }
  ]
}
\`\`\`

A side from which nothing has come for \`idle_s\` (1 to 32767) is asked by its kernel for a sign of life, and again every \`interval_s\` (a third of
\`idle_s\` without it); \`probes\` (9 without it, at most 127) without an answer reset the connection. Here that is after 10 minutes. The
peer's program notices nothing, and its kernel answers while the machine is there, so with \`"idle_timeout_ms": 0\` a connection
lives as long as both machines do. Both sides are probed, the client and the destination (or the first proxy of the line), from half of
\`idle_s\` on after the connection was made (\`ss -o\` shows the timer only from then on). Probes also keep the state of NAT and firewalls on the way alive: \`idle_s\` should be below their
time-outs. A reload is for later connections. The half-closed time-out (\`half_closed_timeout_ms\`) is the same for all. A Unix socket
needs no probes.

\`tcp_user_timeout_ms\` goes before \`probes\`: where it is set, the kernel looks at each probe whether the peer has been silent for that long, and
does not count. With 30000 the rule above ends a connection after 6 minutes, with the first probe that has no answer (a warning says
so), and with 3600000 only after an hour. Leave it at 0 where \`probes\` shall count.

## users, users_file

\`\`\`json
{
  "users": {
    "alice": { "password": "$scrypt$ln=15,r=8,p=1$c29tZSBzYWx0IGhlcmU$H0Hc8gCPVxmFfoAl3KEYF3Yy0AQtD0LdCIgRK7zO2vw" },
    "bob": { "password": "in plain text", "lines": ["telecom"], "limits": { "connections_max": 20, "rate": 5 } }
  },
  "users_file": "users.yaml"
}
\`\`\`

Where one of the two is set, a client must name a user and give the password, and a client that cannot (SOCKS4, SOCKS5 without
authentication) is refused. A name has at most 255 octets in UTF-8, and neither a control character nor a \`+\`. A name with a
colon cannot be used over HTTP.

| key of a user | what it is |
| --- | --- |
| \`password\` | The password itself, or its hash by scrypt as \`tcproute passwd\` prints it (a PHC string, which other programs make too). At most 128 MiB and eight times the work of the usual hash. |
| \`password_file\` | In place of \`password\`, a file with the one or the other. |
| \`lines\` | The name of the line that the user may use, or a list of such: of those that the rule for a connection leaves, the others are left out. Where none is left, the client is told that the connection is not allowed. |
| \`limits\` | \`{"connections_max": 20, "rate": 5, "bytes_max": "50GB"}\`, or some of these: connections at a time; new ones a second, of which twice as many may come at once; bytes in a month. They take the place of \`limits.user_connections_max\`, \`limits.user_rate\` and \`limits.user_bytes_max\`, which are for all users; 0 is no limit. |

**Limits of a user** are for all its connections together, from whichever address, with whichever tag and in whichever worker. Only
connections with a request count: before it, the client's network has its limits. What is over a limit is refused in the client's
protocol (SOCKS5 02, HTTP 429 with \`Retry-After\`), counted (\`limitedUsers\`), and named in the log, each user at most once a minute. A new limit holds from the
next connection on, and connections that are open count.

**Bytes in a month** are those that a user's connections carry to and from destinations, both directions together, as for
[budgets](#upstream) of lines. Live connections are looked at every five seconds, so that a user can go over its limit by what it carries
in ten seconds at most and by what its open connections still carry: none is cut. The month begins on \`limits.user_bytes_day\`; with
another day it begins anew. \`budget_state_file\` keeps the bytes of this month over a restart, under the user's name, and an upgrade
keeps them in any case. Datagrams are counted at once, so that new flows are refused five seconds later at most. \`tcproute budgets\`
lists who has used how much. Bytes count from the moment on in which any user has such a limit.

\`users_file\` is a file with what may stand in \`users\`, in JSON, YAML or TOML by the end of its name: \`{"carol": {"password": "…"}}\`.
It is looked at twice a second and read again when it has changed and then stayed the same for one look, in a thread of its
own. Write a new one beside it and rename it. A new version with a mistake changes nothing, and the log has all its mistakes. A
user whose password has changed, or who has gone, is refused from then on; open connections go on. A user may not stand in both.

**A tag**: a client may write a tag behind the name, \`alice+work\`: 1 to 64 letters, digits and \`.\`, \`_\`, \`~\`, \`-\` behind the first \`+\`. It
never changes who the client is.

**What a password costs.** scrypt takes 42 ms of a core with the usual parameters. It runs beside the connections, on at most
half of the cores and at most twice at a time. A name and password that were right once are then recognised, from the same
network, at the price of one HMAC. Where a password stands in plain text there is no scrypt. A wrong name takes as long as a
wrong password: where any user has a hash, both cost one scrypt, else none.

**Wrong passwords** are limited for each address, and for all clients of Unix sockets together: the answer
is held back for 250 ms, then for twice as long each time, up to 4 s; after 20 wrong ones in a row, one in six seconds is
compared, and all others are refused at once, right ones too, unless they were right from there before. All addresses of a /64 of
IPv6 together have the same bound after 80, and a password that was right from one was right from all. A client that goes on
with one old password counts once. At most 64 different names and passwords wait or are compared at a time, at most 4 of
one address or /64.

## nameservers, nameservers_backup

One server, or a list of them. All servers of a list are asked at once, but for a few ms of head start for those known to
be fast; the first clean answer wins. An answer that a name or its address does not exist is held back for the other servers: for twice
the time that they usually take, at least 100 and at most 300 ms, because an internal server may know a name that a quicker
public one does not know. When nothing clean came from \`nameservers\`, the backups are asked. After that, the servers that may still
answer are asked over TCP, UDP, TCP and UDP, until \`dns.timeout_ms\` is over.

| server | what it is |
| --- | --- |
| \`system\` | What the machine uses: \`/etc/resolv.conf\` as glibc reads it, with LOCALDOMAIN, RES_OPTIONS and HOSTALIASES of the environment, read again when it changes (timeout and attempts are \`dns.try_timeout_ms\` and \`dns.timeout_ms\` here). Its servers count in their order: the next one is asked beside the first when that is late, and when it has failed. A name that ends with a dot is never searched. Where \`/etc/nsswitch.conf\` has more than files and DNS for hosts, getaddrinfo, for half of UV_THREADPOOL_SIZE names at a time (unless it is set it is 64 where that is so at the start and as many threads may be made, else 4); where it is late or busy, the servers of \`/etc/resolv.conf\` stand in for it if DNS is among the services: their addresses are used, but their word that a name has none is not. |
| \`8.8.8.8\`, \`127.0.0.1:5353\`, \`::1\`, \`[::1]:53\`, \`udp://8.8.8.8\` | UDP. An answer that does not fit is asked for again over TCP; where TCP does not work either and no other server answers, the addresses that did fit are used. |
| \`tcp://8.8.8.8\` | TCP. |
| \`tls://1.1.1.1\`, \`tls://dns.google:853\` | DNS over TLS. The certificate must be for the address or name that is written here. |
| \`https://dns.google/dns-query\` | DNS over HTTPS, likewise. |

The names of tls and https servers are found by \`hosts\`, /etc/hosts and the machine's own resolver.

\`{"server": "tcp://8.8.8.8", "via": "line name"}\` asks a tcp, tls or https server through a line, with all its proxies and
its source address: nobody on the way to the proxy can forge the answers. After two connections in a row that fail, such a server
is left alone for a second, and for twice as long after each further one, up to 16 s; its questions fail meanwhile.

**Several uplinks.** Servers without \`via\`, \`system\` too, are asked by way of the machine's own routes, whatever \`interface\` the lines have: when the
uplink of the default route dies without a sign, no name is found any more. Name a server for each uplink:

\`\`\`json
{
  "nameservers": [{ "server": "tcp://192.0.2.53", "via": "fibre" }, { "server": "tls://203.0.113.53", "via": "lte" }],
  "upstream": [
    { "type": "direct", "name": "fibre", "source_ip": "192.168.1.2" },
    { "type": "direct", "name": "lte", "source_ip": "10.0.0.9", "tier": 1 }
  ]
}
\`\`\`

## hosts

\`{"hosts": {"router.lan": "192.168.1.1", "www.example.com": ["192.0.2.1", "2001:db8::1"]}}\`. It comes before /etc/hosts,
which is read again within seconds of a change; both come before any server.

## IpBlacklist

A list of IP addresses and ranges of both families, or one alone: \`192.0.2.1\`, \`192.0.2.0/24\`, \`2001:db8::/32\`. An entry that is not one of these is
skipped with a warning. An IPv4 range covers its addresses in every form, as in \`rules\`. Direct lines dial none of these addresses, whether the client
asks for a name or for an address.

## egress

Which addresses clients may reach, by any line: \`{"egress": {"deny": ["private"], "allow": ["10.0.0.5:5432"]}}\`. An entry is an IP
address, a network or a word. A port or a range of ports may stand behind it; an IPv6 network is then in brackets:
\`10.0.0.0/8:22\`, \`[fd00::/8]:8000-8999\`, \`private:22\`, \`all:25\`.

| word | networks | whose addresses they are |
| --- | --- | --- |
${words.join('\n')}

**Which entry decides**: of all entries that have the address and the port, the one with the smallest network. Where two have the same
network, the one with ports decides, then \`allow\`. An address of \`own\` counts as a network of one address, after one that is written
out. What no entry has is allowed.

**By default** a gateway that only this machine can reach (all its listeners are on loopback) denies nothing. One that is open to other machines
denies ${DEFAULT_DENIALS.map(code).join(', ')}, as if they stood in \`deny\`; private networks are allowed until \`deny\` has
them. The policy is one for all listeners: beside an open one, clients that come by loopback have it, too. \`deny\` adds to that. \`allow\` makes exceptions where its network is as small: \`loopback\` or \`127.0.0.1\` allows what \`all\` does not.

| to | write |
| --- | --- |
| keep clients out of private networks, but for one database | \`"deny": ["private"], "allow": ["10.0.0.5:5432"]\` |
| let clients reach one network only | \`"deny": ["all"], "allow": ["10.1.0.0/16"]\` |
| the same, without one machine of it | \`"deny": ["all", "10.1.2.3"], "allow": ["10.1.0.0/16"]\` |
| send no mail | \`"deny": ["all:25"]\` |
| open a service on the gateway's own loopback to its clients | \`"allow": ["127.0.0.1:8080"]\` |
| deny nothing although other machines may come | \`"allow": [${DEFAULT_DENIALS.map((word) => `"${word}"`).join(', ')}]\` |

It is asked for the address that a client names and for each address that a name resolves to here, before it is dialled: from DNS, from
\`hosts\` and hosts files, or remembered. Denied addresses are left out; if nothing is left, the client is told that the
destination is not allowed. An IPv6 address that stands for an IPv4 address (as in \`rules\`) must be allowed as both, so an allowed IPv4 network
behind NAT64 needs \`64:ff9b::/96\` beside it. A line with proxies passes names on, and its last proxy decides where they lead;
an address is judged here for every line, and \`localhost\` as the loopback that it is.

Not asked: the addresses of the proxies of lines and of name servers, which are the operator's choice. Never reached, whatever \`allow\` has: the
gateway's own listeners, and addresses that mean no host (\`0.0.0.0/8\`, \`::\`). \`tcproute check\` prints the policy and
warns of \`hosts\` that it denies; \`tcproute dns\` and \`tcproute explain\` say which addresses it leaves out and which entry does so.

## Which addresses are trusted

Besides \`IpBlacklist\`, the gateway finds bad addresses itself. Each carries evidence (how, by whom, when), which ends \`dns.bad_ttl_s\`
after it was last seen, or by hand:

- What a server answers for names that do not exist (\`dns.probe.tlds\`) is bad in the answers of that server.
- What comes back for \`dns.probe.names\` from servers that do not exist (\`dns.probe.phantom_servers\`) was injected on the way. It is
  bad for those names; for all names if no site can have it, or if it was injected for two names that have nothing to do with each
  other, until it shows a certificate for another name. Where something answers for made-up names there too, all DNS traffic is
  taken over, and only addresses that no site can have count.
- What comes ahead of the true answer to a real query is bad for that name, for half an hour.
- Private, loopback, multicast and documentation addresses of public servers for public names are dropped, unless
  \`dns.rebind_allow\` has the name (all below it included) or the address.
- What only resets or fails TLS, while its name works over another address or line, is tried last for that name.

An answer with an injected address is not used at all: the next server is asked. With \`dns.state_file\` the list outlives a restart
and serves until the first probe is done.

## What TcpRoute's own configuration files may hold besides

- ${Object.entries(SPELLINGS)
  .map(([theirs, ours]) => `\`${theirs}\` for \`${ours}\``)
  .join(', ')}. Both at once is a mistake, unless they say the same.
- Log levels in any letter case, and Python's: ${Object.entries(PYTHON_LEVELS)
  .map(([theirs, ours]) => `\`${theirs.toUpperCase()}\` is \`${ours}\``)
  .join(', ')}. \`"INDO"\`, as in TcpRoute's sample, is \`info\`, with a warning.
- TcpRoute listened on every address. Here \`host\` is 127.0.0.1 unless it is set, and another one needs \`allow_clients\`.
`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, page);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== page) {
  console.error('docs/config.md is out of date: run `node scripts/config-reference.mjs`');
  process.exit(1);
}
