// Where one connection goes and what it says there first. It connects nowhere.
import type { EnginePlace, ShareOptions } from '../../../protocol/share-options.js';

export interface Target {
  readonly at:
    | { readonly kind: 'internet'; readonly host: string; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string };
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** Undefined: without TLS. */
  readonly tls: TlsNeeds | undefined;
}

/** PEM texts, and the name that the certificate must have where it is not the host. */
export interface TlsNeeds {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly name: string | undefined;
}

/** Another node of the same cluster, or the master that a sentinel has named. */
export interface Named {
  readonly host: string;
  readonly port: number;
}

/** For people, without credentials. */
export function placeText({ at }: Target): string {
  if (at.kind === 'unix') return at.path;
  return at.host.includes(':') ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`;
}

/** The engine at a place of the configuration. `named`: another host there. */
export function engineTarget(share: ShareOptions, place: EnginePlace, named?: Named): Target {
  // With sentinels, the URL has what is said to them; what stands beside it is for the engine.
  const isBeside = share.password_file !== null || share.username !== null;
  const isOfUrl = share.kind !== 'sentinel' || !isBeside;
  const username = (isOfUrl ? place.username : undefined) ?? share.username ?? undefined;
  const password = (isOfUrl ? place.password : undefined) ?? share.password_file?.secret;
  return { ...at(share, place, named), username, password, database: place.database };
}

/** A sentinel at a place of the configuration. */
export function sentinelTarget(share: ShareOptions, place: EnginePlace): Target {
  return { ...at(share, place), username: place.username, password: place.password, database: 0 };
}

function at(share: ShareOptions, place: EnginePlace, named?: Named): Pick<Target, 'at' | 'tls'> {
  if (place.kind === 'unix') return { at: { kind: 'unix', path: place.path }, tls: undefined };
  const { host, port } = named ?? place;
  const tls = place.tls
    ? {
        ca: share.ca_file?.pem,
        cert: share.cert_file?.pem,
        key: share.key_file?.secret,
        name: share.tls_name ?? undefined,
      }
    : undefined;
  return { at: { kind: 'internet', host, port }, tls };
}

/** Of a name or an address; longer ones are none. */
const HOST = /^[\w.:%-]{1,255}$/;

/** What a server says of where another one is: it may be anything. */
export function namedAt(host: string, port: string): Named | undefined {
  const isPort = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return isPort && HOST.test(host) ? { host, port: Number(port) } : undefined;
}

/** Where a MOVED reply points: `MOVED 3999 127.0.0.1:6381`. A node that does not know its own host leaves it out. */
export function movedTo(error: string, from: Target): Named | undefined {
  const [, host = '', port = ''] = /^MOVED \d+ (.*):(\d{1,5})$/.exec(error) ?? [];
  const own = from.at.kind === 'internet' ? from.at.host : '';
  return namedAt(host === '' || host === '?' ? own : host.replace(/^\[(.*)\]$/, '$1'), port);
}
