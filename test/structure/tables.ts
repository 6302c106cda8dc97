// The folders of src, bench and dashboard, and what each may import: the data of the rules in rules.ts.
import type { Rules } from './rules.js';

const PROTOCOL = 'src/protocol/*';

export const RULES: Rules = {
  folders: {
    // Values and decisions. All other folders may use them.
    'src/protocol': [
      ...['src/protocol/address', 'src/protocol/lines', 'src/protocol/rules', 'src/protocol/egress'],
      ...['src/protocol/users', 'src/protocol/quiet'],
      ...['src/protocol/users', 'src/protocol/budget'],
    ],
    'src/protocol/text': [],
    // How long a connection may be quiet.
    'src/protocol/quiet': [],
    'src/protocol/address': [],
    'src/protocol/lines': ['src/protocol/address', 'src/protocol/budget'],
    // What fails tells of a line.
    'src/protocol/lines/health': ['src/protocol/lines', 'src/protocol/routes', 'src/protocol/race'],
    // What a user may carry is one of its limits.
    'src/protocol/budget': ['src/protocol/users'],
    'src/protocol/bulk': [],
    // What an operator has set by hand of lines.
    'src/protocol/steering': ['src/protocol/lines'],
    'src/protocol/routes': [
      ...['src/protocol/address', 'src/protocol/lines', 'src/protocol/bulk'],
      // Pins of destinations are in the same file.
      'src/protocol/steering',
    ],
    // Only what the kernel says of interfaces.
    'src/protocol/uplinks': ['src/protocol/address', 'src/protocol/lines'],
    'src/protocol/race': ['src/protocol/lines', 'src/protocol/routes'],
    'src/protocol/race/outlook': [
      ...['src/protocol/address', 'src/protocol/bulk', 'src/protocol/lines', 'src/protocol/lines/health'],
      ...['src/protocol/routes', 'src/protocol/race', 'src/protocol/text'],
    ],
    // A rule may be for some clients only.
    'src/protocol/rules': ['src/protocol/text', 'src/protocol/address', 'src/protocol/users', 'src/protocol/quiet'],
    // A denial is a failure, and its networks are searched as those of rules.
    'src/protocol/egress': ['src/protocol/address', 'src/protocol/race', 'src/protocol/rules'],
    // What lists of connections are asked for, and in which order they are told.
    'src/protocol/connections': ['src/protocol/address', 'src/protocol/race'],
    // Datagrams: their headers, flows and counts.
    'src/protocol/udp': [
      ...['src/protocol', 'src/protocol/address', 'src/protocol/lines', 'src/protocol/race', 'src/protocol/inbound'],
      ...['src/protocol/connections', 'src/protocol/routes'],
    ],
    'src/protocol/dns': ['src/protocol/text', 'src/protocol/address'],
    'src/protocol/tls': ['src/protocol', 'src/protocol/address'],
    // The ClientHello of QUIC is that of TLS.
    'src/protocol/quic': ['src/protocol/tls'],
    'src/protocol/quic/race': ['src/protocol/quic'],
    'src/protocol/trust': ['src/protocol/address'],
    'src/protocol/users': [],
    // A notice about a client names the network that it comes from.
    'src/protocol/notices': ['src/protocol/address'],
    // What HTTP messages say, whoever reads them. Some name the gateway.
    'src/protocol/http': ['src/protocol', 'src/protocol/address'],
    'src/protocol/inbound': [
      ...['src/protocol', 'src/protocol/address', 'src/protocol/race', 'src/protocol/users', 'src/protocol/http'],
      // What a proxy said goes into an answer.
      ...['src/protocol/text', 'src/protocol/quiet'],
    ],
    // What gateways of a site tell each other.
    'src/protocol/share': [
      ...[
        'src/protocol/address',
        'src/protocol/lines',
        'src/protocol/lines/health',
        'src/protocol/routes',
        'src/protocol/trust',
      ],
    ],
    // Limits that hold for the site.
    'src/protocol/share/quota': ['src/protocol'],
    // What a browser is told of rules and listeners.
    'src/protocol/pac': [
      ...['src/protocol/address', 'src/protocol/inbound', 'src/protocol/lines', 'src/protocol/rules'],
    ],
    'src/protocol/outbound': ['src/protocol', 'src/protocol/address', 'src/protocol/lines', 'src/protocol/race'],
    'src/linux': [],
    'src/linux/engine': ['src/linux', 'src/linux/udp'],
    // UDP sockets, and datagrams as the kernel reads and writes them.
    'src/linux/udp': ['src/linux'],
    // What the kernel knows of this machine's network, by rtnetlink.
    'src/linux/netlink': ['src/linux'],
    // Connections of Node's own sockets, for what is not on the hot path.
    'src/dial': [PROTOCOL, 'src/linux/*'],
    'src/files': [PROTOCOL],
    // The layout of shared memory.
    'src/threads/contracts': [PROTOCOL, 'src/threads/shared'],
    // What the admin actor asks of the others.
    'src/threads/contracts/admin': [PROTOCOL, 'src/threads/contracts', 'src/threads/shared'],
    'src/threads/shared': [PROTOCOL],
    'src/threads': [PROTOCOL, 'src/threads/contracts'],
    // No actor imports from another one.
    'src/workers/connection': [PROTOCOL, 'src/threads/*', 'src/linux/*', 'src/workers/connection/*'],
    // What a relay tells of its first byte.
    'src/workers/connection/records': [
      ...[PROTOCOL, 'src/threads/contracts', 'src/linux', 'src/workers/connection/relay'],
    ],
    // Datagrams, from the request of a client to the end of its association.
    'src/workers/connection/udp': [
      ...[PROTOCOL, 'src/threads/*', 'src/linux/*', 'src/workers/connection/shared/*', 'src/workers/connection/udp/*'],
      // What an association tells of itself is what relays do.
      ...['src/workers/connection/records', 'src/workers/connection/relay', 'src/workers/connection/race/attempt'],
    ],
    'src/workers/connection/udp/flows': [
      ...[PROTOCOL, 'src/linux/udp', 'src/threads/shared', 'src/workers/connection/udp/choice'],
      ...['src/workers/connection/udp/ways', 'src/workers/connection/udp/records'],
    ],
    // Sockets leave as those of attempts do.
    'src/workers/connection/udp/ways': [
      ...[PROTOCOL, 'src/linux/*', 'src/threads/shared', 'src/workers/connection/shared/*'],
      'src/workers/connection/race/attempt',
    ],
    'src/workers/connection/udp/choice': [PROTOCOL, 'src/threads/*', 'src/workers/connection/shared/*'],
    'src/workers/connection/udp/quic': [
      ...[PROTOCOL, 'src/linux/udp', 'src/workers/connection/udp', 'src/workers/connection/udp/choice'],
      ...['src/workers/connection/udp/flows', 'src/workers/connection/udp/records'],
    ],
    // Notes of flows, made as those of connections are.
    'src/workers/connection/udp/records': [
      ...[PROTOCOL, 'src/threads', 'src/threads/contracts', 'src/workers/connection/records'],
    ],
    // What the admin actor asks for.
    'src/workers/connection/admin': [
      PROTOCOL,
      'src/threads/contracts',
      'src/threads/contracts/admin',
      'src/workers/connection/records',
      'src/workers/connection/udp/records',
    ],
    'src/workers/connection/client': [PROTOCOL, 'src/linux/*', 'src/workers/connection/shared'],
    'src/workers/connection/race': [
      ...[PROTOCOL, 'src/threads/*', 'src/linux/*', 'src/workers/connection/shared/*'],
      ...['src/workers/connection/race/attempt', 'src/workers/connection/race/known'],
      // A trial at home says a whole ClientHello.
      'src/workers/connection/race/hello',
    ],
    'src/workers/connection/race/attempt': [
      ...[PROTOCOL, 'src/linux/*', 'src/workers/connection/shared', 'src/workers/connection/shared/dialling'],
    ],
    // What a race knows, and what it learns.
    'src/workers/connection/race/known': [
      ...[PROTOCOL, 'src/threads/shared', 'src/workers/connection/shared/*', 'src/workers/connection/race/attempt'],
      // For what the first byte tells.
      'src/workers/connection/relay',
    ],
    // From the reply to the first byte of a server.
    'src/workers/connection/race/hello': [
      ...[PROTOCOL, 'src/threads/shared', 'src/linux/*', 'src/workers/connection/shared/*'],
      ...['src/workers/connection/race/attempt', 'src/workers/connection/race/known'],
    ],
    'src/workers/connection/relay': [PROTOCOL, 'src/linux/*', 'src/workers/connection/shared'],
    // Looks at relays from outside.
    'src/workers/connection/hanging': [
      ...[PROTOCOL, 'src/linux', 'src/linux/netlink', 'src/workers/connection/relay'],
      'src/workers/connection/shared/replicas',
    ],
    // What makes room when the gateway is full.
    'src/workers/connection/silence': [PROTOCOL, 'src/threads/shared', 'src/linux', 'src/workers/connection/relay'],
    'src/workers/connection/shared': [PROTOCOL, 'src/threads/*', 'src/linux/*'],
    // Copies of what other actors and main know.
    'src/workers/connection/shared/replicas': [PROTOCOL, 'src/threads/*', 'src/workers/connection/shared'],
    // What is asked before a line is dialled: whether it may be, and whether there is room.
    'src/workers/connection/shared/dialling': [
      ...[PROTOCOL, 'src/threads/*', 'src/linux/*', 'src/workers/connection/shared/replicas'],
    ],
    'src/workers/dns': [PROTOCOL, 'src/threads/*', 'src/files', 'src/workers/dns/*'],
    // Times are counted in histograms.
    'src/workers/dns/ask': [PROTOCOL, 'src/threads/shared'],
    'src/workers/dns/machine': [PROTOCOL, 'src/files'],
    'src/workers/dns/transports': [PROTOCOL, 'src/dial', 'src/threads/contracts', 'src/workers/dns/ask'],
    'src/workers/dns/lookup': [
      ...[PROTOCOL, 'src/threads/contracts', 'src/workers/dns/ask', 'src/workers/dns/machine'],
      ...['src/workers/dns/transports', 'src/threads/contracts/admin'],
    ],
    'src/workers/dns/trust': [
      ...[PROTOCOL, 'src/threads/*', 'src/files', 'src/workers/dns/ask', 'src/workers/dns/transports'],
    ],
    'src/workers/dns/servers': [
      ...[PROTOCOL, 'src/threads/contracts', 'src/files', 'src/workers/dns/ask', 'src/workers/dns/machine'],
      ...['src/workers/dns/transports', 'src/workers/dns/lookup'],
    ],
    'src/workers/share': [PROTOCOL, 'src/threads/*', 'src/workers/share/*'],
    'src/workers/share/shared': [PROTOCOL, 'src/threads/*', 'src/workers/share/engine'],
    'src/workers/share/quota': [...[PROTOCOL, 'src/threads/*', 'src/workers/share/engine', 'src/workers/share/shared']],
    'src/workers/share/routes': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/share/engine', 'src/workers/share/shared'],
    ],
    'src/workers/share/news': [PROTOCOL, 'src/threads/*', 'src/workers/share/engine', 'src/workers/share/shared'],
    'src/workers/share/presence': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/share/engine', 'src/workers/share/shared'],
    ],
    // The Redis or Valkey server that the gateways of a site share. It knows nothing of what is shared.
    'src/workers/share/engine': [PROTOCOL, 'src/threads/*'],
    'src/workers/tls': [PROTOCOL, 'src/threads/*', 'src/dial', 'src/linux'],
    'src/workers/routes': [PROTOCOL, 'src/threads/*', 'src/files'],
    // What answers HTTP: a room for each kind of question. What joins the rooms stands above them.
    'src/workers/admin': [PROTOCOL, 'src/threads/*', 'src/linux', 'src/workers/admin/*'],
    'src/workers/admin/shared': [PROTOCOL, 'src/threads/*'],
    // What dashboards for Clash expect, of what the API has.
    'src/workers/admin/clash': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/admin/shared', 'src/workers/admin/guard', 'src/workers/admin/feed'],
      ...['src/workers/admin/api/lines', 'src/workers/admin/api/connections', 'src/workers/admin/api/flows'],
      'src/workers/admin/endpoint',
    ],
    // Who may ask.
    'src/workers/admin/guard': [PROTOCOL],
    'src/workers/admin/health': [PROTOCOL, 'src/threads/*', 'src/workers/admin/shared'],
    'src/workers/admin/pac': [PROTOCOL, 'src/threads/*', 'src/workers/admin/shared'],
    'src/workers/admin/endpoint': ['src/threads', 'src/workers/admin/shared'],
    // Files, and nothing of the gateway.
    'src/workers/admin/page': ['src/threads'],
    // A scrape: what it reads, and the metrics that are made of that. The text is the exposition's.
    'src/workers/admin/metrics': ['src/workers/admin/metrics/*'],
    'src/workers/admin/metrics/readings': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/admin/shared', 'src/workers/admin/metrics/exposition'],
    ],
    'src/workers/admin/metrics/families': [
      ...[
        'src/threads/shared',
        'src/threads/contracts',
        'src/threads/contracts/admin',
        'src/workers/admin/shared',
        'src/workers/admin/metrics/readings',
        'src/workers/admin/metrics/exposition',
      ],
    ],
    'src/workers/admin/metrics/exposition': [],
    'src/workers/admin/traces': [PROTOCOL, 'src/threads', 'src/threads/contracts/admin', 'src/workers/admin/shared'],
    'src/workers/admin/api': ['src/workers/admin/endpoint', 'src/workers/admin/api/*'],
    // What happens, each second, for those that want to hear it.
    'src/workers/admin/feed': [PROTOCOL, 'src/threads/*', 'src/workers/admin/shared'],
    'src/workers/admin/api/events': [
      ...['src/threads', 'src/workers/admin/feed', 'src/workers/admin/endpoint', 'src/workers/admin/api/connections'],
      'src/workers/admin/api/flows',
      'src/workers/admin/shared',
    ],
    'src/workers/admin/api/connections': [
      ...[PROTOCOL, 'src/threads', 'src/threads/contracts/admin', 'src/workers/admin/shared'],
      'src/workers/admin/endpoint',
    ],
    // Flows are asked for and listed as connections are.
    'src/workers/admin/api/flows': [
      ...[PROTOCOL, 'src/threads', 'src/threads/contracts/admin', 'src/workers/admin/endpoint'],
      'src/workers/admin/api/connections',
    ],
    'src/workers/admin/api/status': [
      PROTOCOL,
      'src/threads/*',
      'src/workers/admin/shared',
      'src/workers/admin/endpoint',
    ],
    'src/workers/admin/api/lines': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/admin/shared', 'src/workers/admin/endpoint'],
    ],
    // A pin of a destination is answered as a change of lines is.
    'src/workers/admin/api/routes': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/admin/shared', 'src/workers/admin/endpoint'],
      'src/workers/admin/api/lines',
    ],
    'src/workers/admin/api/dns': [PROTOCOL, 'src/threads/*', 'src/workers/admin/shared', 'src/workers/admin/endpoint'],
    'src/workers/admin/api/fleet': [
      ...[PROTOCOL, 'src/threads/*', 'src/workers/admin/shared', 'src/workers/admin/endpoint'],
    ],
    'src/workers/admin/api/budgets': [PROTOCOL, 'src/threads/*', 'src/workers/admin/endpoint'],
    'src/workers/admin/api/bad-addresses': [
      PROTOCOL,
      'src/threads/*',
      'src/workers/admin/shared',
      'src/workers/admin/endpoint',
    ],
    'src/workers/admin/api/rules': [
      PROTOCOL,
      'src/threads/*',
      'src/workers/admin/shared',
      'src/workers/admin/endpoint',
    ],
    'src/workers/admin/api/configuration': [
      PROTOCOL,
      'src/threads/*',
      'src/workers/admin/shared',
      'src/workers/admin/endpoint',
    ],
    'src/workers/rules': [PROTOCOL, 'src/threads/*', 'src/files'],
    // The page in the browser, which knows the gateway by its API only.
    dashboard: ['dashboard/shell', 'dashboard/text'],
    'dashboard/text': [],
    'dashboard/values': [],
    'dashboard/api': [],
    'dashboard/dom': ['dashboard/text'],
    'dashboard/plot': ['dashboard/api', 'dashboard/text', 'dashboard/values', 'dashboard/dom'],
    // What views have in common.
    'dashboard/view': ['dashboard/api', 'dashboard/text', 'dashboard/dom', 'dashboard/plot'],
    'dashboard/race': ['dashboard/api', 'dashboard/text', 'dashboard/values', 'dashboard/dom', 'dashboard/view'],
    'dashboard/views': [
      ...['dashboard/api', 'dashboard/text', 'dashboard/values', 'dashboard/dom', 'dashboard/plot', 'dashboard/view'],
      'dashboard/race',
    ],
    'dashboard/shell': [...['dashboard/api', 'dashboard/text', 'dashboard/dom', 'dashboard/view', 'dashboard/views']],
    'src/main/process': [
      PROTOCOL,
      'src/threads',
      'src/threads/contracts/admin',
      'src/files',
      'src/linux',
      'src/linux/netlink',
    ],
    'src/main/config/diagnostics': [PROTOCOL],
    'src/main/config/sources': ['src/files', 'src/main/config/diagnostics'],
    // The process knows the machine's addresses.
    'src/main/config/checks/values': [
      ...[PROTOCOL, 'src/main/process', 'src/main/config/diagnostics', 'src/main/config/sources'],
      // Secrets stand in files of their own.
      'src/files',
      // Only the kernel tells whether this process may use an interface or a mark, and what addresses there are.
      ...['src/linux', 'src/linux/netlink'],
    ],
    'src/main/config/checks/lines': [
      ...[PROTOCOL, 'src/main/process', 'src/main/config/diagnostics', 'src/main/config/checks/values'],
    ],
    // Names and ports of lines and listeners are checked alike.
    'src/main/config/checks/listen': [
      ...[PROTOCOL, 'src/main/config/diagnostics', 'src/main/config/checks/values', 'src/main/config/checks/lines'],
    ],
    'src/main/config/checks/admin': [
      ...[PROTOCOL, 'src/main/config/diagnostics', 'src/main/config/sources', 'src/main/config/checks/values'],
      // A place is one as clients have it.
      'src/main/config/checks/listen',
    ],
    'src/main/config/checks/share': [
      ...[PROTOCOL, 'src/files', 'src/main/config/diagnostics', 'src/main/config/sources'],
      'src/main/config/checks/values',
    ],
    'src/main/config/checks/udp': [PROTOCOL, 'src/main/config/sources', 'src/main/config/checks/values'],
    'src/main/config/checks/rules': [
      ...[PROTOCOL, 'src/files', 'src/main/config/diagnostics', 'src/main/config/checks/values'],
    ],
    // A file of users is read as a configuration is.
    'src/main/config/checks/users': [
      ...[PROTOCOL, 'src/files', 'src/main/config/diagnostics', 'src/main/config/sources'],
      'src/main/config/checks/values',
    ],
    'src/main/config/checks/dns': [
      ...[PROTOCOL, 'src/main/config/diagnostics', 'src/main/config/sources', 'src/main/config/checks/values'],
    ],
    'src/main/config': [PROTOCOL, 'src/files', 'src/main/process', 'src/main/config/*'],
    'src/main/rules': [PROTOCOL, 'src/threads/*', 'src/files', 'src/main/process'],
    // Its thread reads the file of users as the configuration is read.
    'src/main/users': [PROTOCOL, 'src/main/process', 'src/main/config/diagnostics', 'src/main/config/checks/users'],
    'src/main/budgets': [
      ...[PROTOCOL, 'src/files', 'src/threads/shared', 'src/main/process'],
      // What the admin actor is told, and what the share actor is asked.
      ...['src/threads/contracts/admin', 'src/threads/contracts'],
    ],
    'src/main/steering': [PROTOCOL, 'src/threads/*', 'src/main/process'],
    'src/main/accept': [PROTOCOL, 'src/threads/*', 'src/linux/*', 'src/main/process'],
    // What a process leaves to the next one.
    'src/main/upgrade': [
      PROTOCOL,
      'src/threads',
      'src/linux',
      'src/main/process',
      'src/main/accept',
      'src/main/reload',
    ],
    'src/main/actors': [
      ...[PROTOCOL, 'src/threads/*', 'src/linux', 'src/files', 'src/main/process', 'src/main/rules', 'src/main/users'],
      ...['src/main/accept', 'src/main/upgrade', 'src/main/budgets', 'src/main/steering'],
    ],
    // Where the gateway is looked at.
    'src/main/admin': [
      ...[PROTOCOL, 'src/threads/*', 'src/linux', 'src/main/process', 'src/main/accept', 'src/main/actors'],
    ],
    // What makes room when it is full.
    'src/main/room': [PROTOCOL, 'src/threads/*', 'src/main/process'],
    'src/main/uplinks': [PROTOCOL, 'src/linux/*', 'src/main/process'],
    'src/main/observe': [PROTOCOL, 'src/threads/*', 'src/main/process'],
    // Commands to the running gateway.
    'src/main/control': [
      PROTOCOL,
      'src/threads',
      'src/linux',
      'src/main/process',
      'src/main/accept',
      'src/main/upgrade',
    ],
    // What a change of the configuration comes to.
    'src/main/reload': [PROTOCOL, 'src/threads/shared', 'src/main/process', 'src/main/config'],
    'src/main/gateway': [
      ...[PROTOCOL, 'src/threads/*', 'src/linux/*', 'src/main/process', 'src/main/accept', 'src/main/actors'],
      ...['src/main/observe', 'src/main/reload', 'src/main/control', 'src/main/upgrade', 'src/main/room'],
      ...['src/main/uplinks', 'src/main/budgets', 'src/main/admin', 'src/main/steering'],
    ],
    'src/main/commands': [
      ...[PROTOCOL, 'src/dial', 'src/threads/*', 'src/files', 'src/main/process', 'src/main/accept', 'src/main/actors'],
      ...['src/main/users', 'src/main/reload', 'src/main/upgrade', 'src/main/budgets'],
      // What engines there are, for `--version`.
      'src/linux/*',
      // `check --dial` connects to the engine and to the place to start from as their actors do.
      ...['src/workers/share/engine', 'src/workers/routes'],
      // A look at the running gateway.
      ...['src/main/commands/admin', 'src/main/commands/status', 'src/main/commands/lists', 'src/main/commands/top'],
      'src/main/commands/fleet',
    ],
    // The client of the admin API.
    'src/main/commands/admin': [PROTOCOL, 'src/files'],
    // Texts within so many columns.
    'src/main/commands/drawing': [PROTOCOL],
    'src/main/commands/lists': ['src/main/commands/admin', 'src/main/commands/drawing'],
    // The gateways of a site, and their keys.
    'src/main/commands/fleet': [...[PROTOCOL, 'src/files', 'src/main/commands/admin', 'src/main/commands/drawing']],
    'src/main/commands/status': [
      ...['src/main/commands/admin', 'src/main/commands/drawing', 'src/main/commands/lists'],
    ],
    // The terminal as a screen.
    'src/main/commands/top': [
      ...['src/main/commands/admin', 'src/main/commands/drawing', 'src/main/commands/lists'],
      'src/main/commands/status',
    ],
    // It runs a gateway of its own.
    'src/main/commands/explain': [
      ...[PROTOCOL, 'src/threads/*', 'src/files', 'src/main/process', 'src/main/accept', 'src/main/gateway'],
      'src/main/commands',
      'src/main/commands/admin',
      'src/dial',
    ],
    // How a command line is understood and explained; what it asks for is done elsewhere.
    'src/main/command-line': [PROTOCOL, 'src/main/config/diagnostics'],
    // The command line.
    'src/main': [
      PROTOCOL,
      'src/main/process',
      'src/main/config',
      'src/main/command-line',
      'src/main/commands',
      'src/main/commands/admin',
      'src/main/commands/fleet',
      'src/main/commands/explain',
      'src/main/gateway',
      'src/main/upgrade',
    ],

    'bench/shared': [],
    'bench/peers': ['bench/shared', PROTOCOL],
    'bench/process': ['bench/shared', 'bench/peers', 'src/linux/*'],
    'bench/generator': ['bench/shared', 'bench/process', 'bench/generator/*', 'src/linux/*'],
    'bench/generator/loads': ['bench/shared', 'bench/generator/clients', 'src/linux/*'],
    'bench/generator/clients': ['bench/shared', 'src/linux/*'],
    'bench/plan': ['bench/shared', 'bench/peers', 'bench/process'],
    'bench/target': ['bench/shared', 'bench/process', 'bench/target/servers', 'src/linux/*'],
    'bench/target/servers': ['bench/generator/clients', 'src/linux/*', PROTOCOL],
    'bench/results': ['bench/shared', 'bench/process', 'bench/plan'],
    'bench/tables': ['bench/plan', 'bench/results'],
    'bench/measuring': ['bench/shared', 'bench/peers', 'bench/process', 'bench/plan', 'bench/results'],
    'bench/report': [
      ...['bench/peers', 'bench/results', 'bench/tables', 'bench/report/page', 'bench/report/plots'],
      ...['bench/report/figures', 'bench/report/shared'],
    ],
    'bench/report/page': ['bench/results', 'bench/tables', 'bench/report/figures', 'bench/report/shared'],
    'bench/report/plots': [
      ...['bench/shared', 'bench/results', 'bench/tables', 'bench/report/drawing', 'bench/report/figures'],
      'bench/report/shared',
    ],
    'bench/report/drawing': ['bench/report/shared'],
    'bench/report/figures': ['bench/peers', 'bench/plan', 'bench/results', 'bench/tables', 'bench/report/shared'],
    'bench/report/shared': ['bench/results'],
    'bench/race': [
      ...['bench/shared', 'bench/peers', 'bench/process', 'bench/plan', 'bench/results', 'bench/tables'],
      ...['bench/race/subjects', 'bench/race/cells', 'bench/race/requests', 'bench/race/field', 'test/helpers'],
    ],
    'bench/race/subjects': [
      ...['bench/shared', 'bench/peers', 'bench/race/cells', 'bench/race/requests', 'bench/race/field'],
    ],
    'bench/race/cells': ['bench/race/requests', 'bench/race/field'],
    'bench/race/requests': ['bench/race/field'],
    'bench/race/field': ['bench/peers', 'bench/process', 'src/dial', 'test/helpers'],
    // The ways of the races, whose faults change while requests go on.
    'bench/choice': [...['bench/process', 'bench/plan', 'bench/results', 'bench/choice/cells', 'bench/choice/uplinks']],
    'bench/choice/cells': [
      ...['bench/race/field', 'bench/race/requests', 'bench/choice/subjects', 'bench/choice/load'],
      ...['bench/choice/uplinks', 'test/helpers'],
    ],
    'bench/choice/uplinks': ['bench/process', 'bench/race/requests', 'bench/choice/subjects', 'bench/choice/load'],
    'bench/choice/load': ['bench/peers', 'bench/race/field', 'bench/race/requests', 'src/dial'],
    'bench/choice/subjects': ['bench/shared', 'bench/peers'],
    'bench/restart': [
      ...['bench/process', 'bench/plan', 'bench/results', 'bench/tables', 'bench/measuring', 'bench/peers'],
      ...['bench/restart/subjects', 'bench/restart/load'],
    ],
    'bench/restart/subjects': ['bench/shared', 'bench/peers', 'bench/process', 'bench/restart/load'],
    'bench/restart/load': ['bench/shared', 'bench/process', 'bench/generator/clients', 'src/linux/*', PROTOCOL],
    'bench/dns': ['bench/process', PROTOCOL, 'src/threads/*', 'src/workers/connection/*', 'src/main/*', 'test/helpers'],
    'bench/fleet': [...['bench/plan', 'bench/choice', 'bench/fleet/cells', 'bench/fleet/model', 'test/helpers']],
    'bench/fleet/cells': [
      ...['bench/process', 'bench/peers', 'bench/plan', 'bench/measuring', 'bench/results', 'bench/race/requests'],
      ...['bench/choice/cells', 'bench/fleet/ground', 'bench/fleet/model', 'test/helpers'],
    ],
    // Real gateways of a site beside their engine.
    'bench/fleet/ground': [
      ...['bench/process', 'bench/peers', 'bench/race/requests', 'bench/choice/subjects', 'bench/fleet/model'],
      'test/helpers',
    ],
    // A site in virtual time.
    'bench/fleet/model': [PROTOCOL, 'bench/tables'],
    'bench/udp': [
      ...['bench/peers', 'bench/process', 'bench/plan', 'bench/results', 'bench/choice', 'bench/choice/cells'],
      ...['bench/udp/load', 'bench/udp/quic', 'bench/udp/subjects'],
    ],
    'bench/udp/quic': ['bench/choice/cells', 'bench/udp/subjects', 'test/helpers/quic', 'test/helpers/udp'],
    // Its sockets are used by direct calls, so that no engine of ours is measured with the subjects.
    'bench/udp/load': ['bench/shared', 'bench/process', 'src/linux', 'src/linux/udp', 'test/helpers/udp'],
    'bench/udp/subjects': ['bench/peers'],
    'bench/quic': [PROTOCOL, 'test/helpers/quic'],
    'bench/rules': [PROTOCOL, 'src/threads/*'],
    'bench/scrape': [PROTOCOL, 'src/threads/*', 'src/workers/admin/*', 'test/helpers'],
    bench: [
      ...['bench/peers', 'bench/process', 'bench/plan', 'bench/results', 'bench/tables', 'bench/measuring'],
      ...['bench/report', 'bench/report/figures'],
    ],
  },
  seenOnlyBy: {
    // Elsewhere what came of a call is asked of src/linux/result.ts, or has a name.
    'src/linux/errno.ts': ['src/linux', 'bench'],
    'bench/generator/loads': ['bench/generator/load.ts'],
    'bench/target/servers': ['bench/target/target.ts'],
  },
  inCircles: [],
  libraries: {
    koffi: ['src/linux/libc.ts'],
    // The second declares the types of its adapter for Node.
    comlink: ['src/threads/port.ts', 'src/threads/comlink-node-adapter.d.ts'],
    hono: ['src/workers/admin/*'],
    '@hono/node-server': ['src/workers/admin/server.ts'],
    // The schemas of each resource stand beside it.
    ws: ['src/workers/admin/clash/sockets.ts'],
    typebox: ['src/workers/admin/*'],
    uplot: ['dashboard/plot/plot.ts'],
    'prom-client': ['src/workers/admin/metrics/exposition/registry.ts'],
    piscina: ['src/main/actors/pool.ts'],
    pino: ['src/main/process/log.ts'],
    'pino-pretty': ['src/main/process/log.ts'],
    convict: ['src/main/config/finish.ts'],
    json5: ['src/main/config/sources/syntax.ts'],
    // The others import types only: they get the document as an argument.
    yaml: [
      ...['src/main/config/sources/syntax.ts', 'src/main/config/sources/yaml-lines.ts'],
      'src/main/config/sources/yaml-faults.ts',
    ],
    'smol-toml': ['src/main/config/sources/syntax.ts'],
    'ipaddr.js': ['src/main/config/checks/values/address.ts'],
    'dns-packet': ['src/protocol/dns/dns-packet.ts'],
    undici: ['src/workers/dns/transports/https.ts'],
    tldts: ['src/protocol/address/registrable-domain.ts'],
    '@redis/client': ['src/workers/share/engine/link.ts'],
    socks: ['src/main/commands/explain/client.ts', 'bench/race/requests/real-client.ts'],
    // A Map with a bound, used like a Map.
    'lru-cache': [
      ...['src/workers/connection/shared/replicas/names.ts', 'src/workers/connection/shared/outcome-reports.ts'],
      ...['src/protocol/users/remembered-pairs.ts', 'src/protocol/users/failed-claims.ts'],
      ...['src/workers/connection/client/users-replica.ts'],
      ...['src/workers/dns/lookup/cache.ts', 'src/workers/dns/trust/verified-addresses.ts'],
      ...['src/workers/share/routes/puller.ts', 'src/workers/share/routes/writer.ts'],
    ],
    'get-east-asian-width': ['src/main/commands/drawing/width.ts'],
    'cli-progress': ['bench/shared/progress.ts'],
  },
  pure: ['src/protocol'],
  words: [
    {
      word: /socks/i,
      within: 'src/workers',
      // These are words of the API of Clash, too.
      onlyIn: [
        ...['src/workers/admin/clash/configs.ts', 'src/workers/admin/clash/connection.ts'],
        'src/workers/admin/clash/groups.ts',
      ],
    },
    // It leaves a socket open whose end of stream is being sent.
    { word: /\bresetAndDestroy\b/, within: 'src', onlyIn: ['src/dial/reset.ts'] },
    { word: /\bresetAndDestroy\b/, within: 'bench', onlyIn: [] },
    // What is for people to read is neither compared nor parsed.
    {
      word: /\b(?:reason|message|detail|sentence)\)? [!=]== (?!undefined)/,
      within: 'src',
      onlyIn: [],
    },
  ],
  linesMax: 300,
  long: [
    // The engines.
    ...['src/linux/engine/epoll.ts', 'src/linux/engine/ring.ts', 'src/linux/engine/uring.ts'],
  ],
};
