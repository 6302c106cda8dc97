// Parses one nameserver: an address, or a URL of one of four kinds. It asks nothing.
import { formatEndpoint } from '../../../../protocol/address/address.js';
import { normaliseName } from '../../../../protocol/address/host-name.js';
import type { Nameserver } from '../../../../protocol/options.js';
import { canonicalAddress } from '../values/address.js';

export const SYSTEM: Nameserver = { kind: 'system', id: 'system', host: '', port: 0, path: '', via: undefined };
export const SERVER_ALLOWED =
  '"system", an IP address with or without a port (8.8.8.8, 127.0.0.1:5353, ::1, [::1]:53), udp://, tcp:// or tls:// with one, tls://NAME or https://NAME/dns-query';

const PORTS = { udp: 53, tcp: 53, tls: 853, https: 443 } as const;
type Kind = keyof typeof PORTS;
/** Scheme, authority and the rest. */
const URL_FORM = /^(udp|tcp|tls|https):\/\/([^/?#@\s]+)(\/[^#\s]*)?$/;
const URL_LENGTH_MAX = 2048;

/** undefined if the text is no server. */
export function parseServer(text: string): Nameserver | undefined {
  if (text === 'system') return SYSTEM;
  if (text.length > URL_LENGTH_MAX) return undefined;
  const bare = canonicalAddress(text);
  if (bare !== undefined) return server('udp', bare, PORTS.udp, '');
  const [, scheme, authority, path] = URL_FORM.exec(text) ?? [];
  const kind = (scheme ?? 'udp') as Kind;
  const end = parseAuthority(authority ?? text, kind);
  if (end === undefined) return undefined;
  // A URL without a path gets the usual path (RFC 8484 section 4.1.1).
  if (kind === 'https')
    return server(kind, end.host, end.port, path === undefined || path === '/' ? '/dns-query' : path);
  return path === undefined || path === '/' ? server(kind, end.host, end.port, '') : undefined;
}

function parseAuthority(text: string, kind: Kind): { host: string; port: number } | undefined {
  const [, v6, other, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? PORTS[kind] : Number(digits);
  if (port < 1 || port > 65535) return undefined;
  const address = canonicalAddress(v6 ?? other ?? '');
  if (address !== undefined) return address.includes(':') === (v6 !== undefined) ? { host: address, port } : undefined;
  // A name is allowed only with TLS: it must be resolved first, and the certificate detects a wrong address.
  const name = v6 === undefined && (kind === 'tls' || kind === 'https') ? normaliseName(other ?? '') : undefined;
  return name === undefined ? undefined : { host: name, port };
}

function server(kind: Kind, host: string, port: number, path: string): Nameserver {
  const usual = kind === 'https' && port === PORTS.https;
  const authority = usual ? (host.includes(':') ? `[${host}]` : host) : formatEndpoint(host, port);
  return { kind, id: `${kind}://${authority}${path}`, host, port, path, via: undefined };
}
