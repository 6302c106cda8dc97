// By which listeners a browser reaches the gateway, as the texts of a PAC file. A browser cannot come by a Unix socket, writes no
// PROXY header, and has no password for SOCKS.
import { formatEndpoint, formatIp } from '../address/address.js';
import { isUnspecified } from '../address/embedded-ipv4.js';
import { isLocalhost } from '../address/host-name.js';
import { isLoopback, type ListenerAddress } from '../address/own-listeners.js';
import type { Listener } from '../inbound/listener.js';
import type { AskedHost } from './asked-host.js';

export interface PacWays {
  /** What a browser asks for its connections: SOCKS5 before HTTP, since it costs no request for each connection. */
  readonly gateway: string;
  /**
   * What it asks for names that are refused. It is the gateway, which refuses at once, says why, and counts it; and it judges
   * by the rules of that time, when the browser has a file of yesterday. By HTTP, if it has a listener for it: browsers show
   * that answer or its status, and a proxy that answers is not taken for a broken one. With an address where nothing
   * listens, the browser would say that the proxy is broken, and Windows would try for two seconds.
   */
  readonly refusal: string;
}

/** Undefined when no listener is for browsers that have reached the gateway by that host. */
export function pacWays(asked: AskedHost, listeners: readonly Listener[]): PacWays | undefined {
  const places = listeners.flatMap((listener) => {
    if (listener.proxyFrom.length > 0 || listener.endpoint === undefined) return [];
    const host = hostOf(listener.endpoint, asked);
    return host === undefined ? [] : [{ listener, text: formatEndpoint(host, listener.endpoint.port) }];
  });
  const first = (protocol: Listener['protocols'][number], wantsUser: boolean): string | undefined =>
    places.find(({ listener }) => listener.wantsUser === wantsUser && listener.protocols.includes(protocol))?.text;
  const socks5 = first('socks5', false);
  const socks4 = first('socks4', false);
  const http = first('http', false) ?? first('http', true);
  const socks = socks5 === undefined ? (socks4 === undefined ? [] : [`SOCKS4 ${socks4}`]) : [`SOCKS5 ${socks5}`];
  // Where there is no HTTP, for browsers that know only this word: it is version 4 for some, and version 5 for others.
  const spare = http === undefined ? (socks5 ?? socks4) : undefined;
  const ways = [
    ...socks,
    ...(http === undefined ? [] : [`PROXY ${http}`]),
    ...(spare === undefined ? [] : [`SOCKS ${spare}`]),
  ];
  if (ways.length === 0) return undefined;
  const gateway = ways.join('; ');
  return { gateway, refusal: http === undefined ? gateway : `PROXY ${http}` };
}

/** By which host a listener is reached from where the asked one is; undefined: by none. */
function hostOf({ ip }: ListenerAddress, asked: AskedHost): string | undefined {
  // A socket on :: accepts both families.
  if (isUnspecified(ip)) return ip.length === 4 && asked.ip?.length === 16 ? undefined : asked.host;
  if (!isLoopback(ip)) return formatIp(ip);
  const isHere = asked.ip === undefined ? isLocalhost(asked.host) : isLoopback(asked.ip);
  return isHere ? formatIp(ip) : undefined;
}
