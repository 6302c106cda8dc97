// A connection, or a flow of datagrams, as dashboards for Clash show it. Pure.

import { targetOfText } from '../../../protocol/address/target.js';
import { type ConnectionId, formatConnectionId } from '../../../protocol/connections/connection-id.js';
import type { ConnectionSummary } from '../../../protocol/connections/summary.js';
import type { Listener } from '../../../protocol/inbound/listener.js';
import type { InboundName } from '../../../protocol/inbound-name.js';
import type { FlowRecord } from '../../../protocol/udp/flow-record.js';

/** The words of Clash. It tells of each connection what its client spoke; of a listener that speaks several, this tells no more. */
const TYPES: Readonly<Record<InboundName, string>> = { socks5: 'Socks5', socks4: 'Socks4', http: 'HTTP' };
const SEVERAL = 'Mixed';

export interface ClashConnection {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string | number>>;
  readonly upload: number;
  readonly download: number;
  readonly start: string;
  /** The line, and the group that has chosen it. */
  readonly chains: readonly string[];
  readonly rule: string;
  readonly rulePayload: string;
}

export interface Naming {
  /** The name of the group of all lines. */
  readonly race: string;
  readonly listeners: readonly Pick<Listener, 'name' | 'protocols'>[];
}

/** What connections and flows have in common. */
type Carried = Pick<
  ConnectionSummary,
  'client' | 'target' | 'line' | 'address' | 'listener' | 'user' | 'bytes_up' | 'bytes_down' | 'opened_at'
>;

/** Flows have ids of their own, which connections may have, too. */
const FLOW = 'udp-';

export const flowIdOf = (id: string): string | undefined => (id.startsWith(FLOW) ? id.slice(FLOW.length) : undefined);

export function clashFlow(
  id: ConnectionId,
  record: Carried & Pick<FlowRecord, 'sni'>,
  naming: Naming,
): ClashConnection {
  const { metadata, ...rest } = clashConnection(id, record, naming);
  const own = { network: 'udp', type: TYPES.socks5, sniffHost: record.sni ?? '' };
  return { ...rest, id: `${FLOW}${rest.id}`, metadata: { ...metadata, ...own } };
}

export function clashConnection(id: ConnectionId, summary: Carried, naming: Naming): ClashConnection {
  const { race, listeners } = naming;
  const { client, target, line, address, listener, user, bytes_up, bytes_down, opened_at } = summary;
  const [from, to, dialled] = [client, target ?? '', line === undefined ? '' : (address ?? '')].map(partsOf);
  const isName = to.host !== '' && !isAddress(to.host);
  return {
    id: formatConnectionId(id),
    metadata: {
      network: 'tcp',
      type: typeOf(listeners.find(({ name }) => name === listener)?.protocols ?? []),
      sourceIP: from.host,
      sourcePort: from.port,
      host: isName ? to.host : '',
      destinationIP: isName ? (isAddress(dialled.host) ? dialled.host : '') : to.host,
      destinationPort: to.port,
      remoteDestination: dialled.host,
      inboundName: listener,
      inboundUser: user ?? '',
      ...{
        dnsMode: 'normal',
        process: '',
        processPath: '',
        specialProxy: '',
        specialRules: '',
        sniffHost: '',
        dscp: 0,
        uid: 0,
      },
    },
    upload: bytes_up,
    download: bytes_down,
    start: new Date(opened_at).toISOString(),
    chains: line === undefined ? [race] : [line, race],
    rule: 'Match',
    rulePayload: '',
  };
}

const typeOf = ([first, ...others]: readonly InboundName[]): string =>
  first === undefined || others.length > 0 ? SEVERAL : TYPES[first];

function partsOf(text: string): { readonly host: string; readonly port: string } {
  const parts = text === '' ? undefined : targetOfText(text, 0);
  return { host: parts?.host ?? text, port: parts === undefined ? '' : String(parts.port) };
}

const isAddress = (host: string): boolean => targetOfText(host, 1)?.ip !== undefined;
