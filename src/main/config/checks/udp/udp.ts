// The settings of `udp`, a part of schema.ts. It carries no datagrams: see workers/connection/udp/.
import type { UdpFilter, UdpOptions } from '../../../../protocol/udp-options.js';
import { asList } from '../../sources/text.js';
import { flag } from '../values/flag.js';
import { choice, integer, orNone, type Setting } from '../values/setting.js';
import { ADVERTISE_ALLOWED, checkAdvertise } from './advertise.js';
import { checkPortRange, PORT_RANGE_ALLOWED } from './port-range.js';

const DAY_S = 86_400;

// biome-ignore format: a table, one key a line
export const UDP: { readonly [Key in Exclude<keyof UdpOptions, 'way_fds_max'>]: Setting<UdpOptions[Key]> } = {
  enabled: flag({ doc: 'Whether SOCKS5 clients may send datagrams (UDP ASSOCIATE). Without it they are answered that the command is not supported. See [UDP](udp.md).', default: true, env: 'TCPROUTE_UDP_ENABLED' }),
  advertise: { ...orNone({ doc: 'The address to which clients are told to send their datagrams, where they cannot reach the one to which they have come (behind NAT): one address, or one of each family.', env: 'TCPROUTE_UDP_ADVERTISE', allowed: ADVERTISE_ALLOWED, check: checkAdvertise }), fromText: asList },
  ports: orNone({ doc: 'The ports on which clients\' datagrams are taken, for firewalls: `"20000-20999"`. Each association needs one. null leaves them to the kernel.', env: 'TCPROUTE_UDP_PORTS', allowed: PORT_RANGE_ALLOWED, check: checkPortRange }),
  filter: choice<UdpFilter>({ doc: 'Whose datagrams a client gets: those of an address and port to which it has sent (`endpoint`), of any port of such an address (`address`), or of everybody (`none`), which some games and calls need.', default: 'endpoint', env: 'TCPROUTE_UDP_FILTER', choices: ['endpoint', 'address', 'none'] }),
  idle_s: integer({ doc: 'A flow of datagrams ends when nothing has moved for so long.', default: 60, env: 'TCPROUTE_UDP_IDLE_S', min: 1, max: DAY_S }),
  dns_idle_s: integer({ doc: 'The same for flows to port 53.', default: 10, env: 'TCPROUTE_UDP_DNS_IDLE_S', min: 1, max: DAY_S }),
  associations_max: integer({ doc: 'Associations of all clients at a time; a client that asks for a further one is refused. Where clients of other machines may come, a client network has at most four times as many as are free. It is lower where descriptors are scarce.', default: 1000, env: 'TCPROUTE_UDP_ASSOCIATIONS_MAX', min: 1, max: 1_000_000 }),
  client_associations_max: integer({ doc: 'Associations that one client network (an IPv4 address, or the /64 of an IPv6 address) may have at a time; further ones are refused.', default: 64, env: 'TCPROUTE_UDP_CLIENT_ASSOCIATIONS_MAX', min: 1, max: 1_000_000 }),
  flows_max: integer({ doc: 'Flows of all associations at a time. In an association that needs a further one, the flow that has been silent for the longest time gives way. A client network has at most four times as many as are free.', default: 65_536, env: 'TCPROUTE_UDP_FLOWS_MAX', min: 1, max: 10_000_000 }),
  association_flows_max: integer({ doc: 'Flows that one association may have at a time; the one that has been silent for the longest time gives way to a further one.', default: 1024, env: 'TCPROUTE_UDP_ASSOCIATION_FLOWS_MAX', min: 1, max: 65_536 }),
  queue_max: integer({ doc: 'Datagrams that a flow holds while its name is looked up, its proxy is asked, or its QUIC race goes on; a further one takes the place of the oldest.', default: 32, env: 'TCPROUTE_UDP_QUEUE_MAX', min: 1, max: 1024 }),
  queued_bytes_max: integer({ doc: 'The same in bytes, of all flows of one worker together.', default: 4_194_304, env: 'TCPROUTE_UDP_QUEUED_BYTES_MAX', min: 65_536, max: 1_073_741_824 }),
};
