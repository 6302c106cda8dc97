// The messages between the bench and its field (the child process with everything at the far end). Types only.
import type { Fault } from './faults.js';

/** The servers behind the ways: real TLS, TLS that asks for another ClientHello, an echo, and one that speaks first. */
export const SERVICES = ['tls', 'retry', 'echo', 'banner'] as const;
export type Service = (typeof SERVICES)[number];
export type ServicePorts = Readonly<Record<Service, number>>;

/** One way to every destination: a SOCKS5 proxy, or an address of the destinations themselves. */
export interface WayPlan {
  readonly kind: 'proxy' | 'address';
  /** Time until a proxy answers CONNECT. */
  readonly connect_ms: number;
  /** Time from the ClientHello until it is passed on to the server. */
  readonly firstByte_ms: number;
}

export interface Laid {
  /** Where each way begins: the proxy, or the address with any of the services' ports. */
  readonly ways: readonly { readonly host: string; readonly port: number }[];
  readonly services: ServicePorts;
  /** The CA certificate that real TLS clients trust. */
  readonly ca: string;
  readonly serverName: string;
}

/** Counts since the last time they were asked for. */
export interface WayCounts {
  /** TCP connections that came. */
  readonly dials: number;
  /** The number of those dials over which a service answered. */
  readonly answered: number;
}

export type FieldOrder =
  | { readonly kind: 'lay'; readonly ways: readonly WayPlan[] }
  /** The fault of each way for later connections; null for none. */
  | { readonly kind: 'faults'; readonly faults: readonly (Fault | null)[] }
  | { readonly kind: 'count' };

export type FieldReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'laid'; readonly laid: Laid }
  | { readonly kind: 'set' }
  | { readonly kind: 'counted'; readonly counts: readonly WayCounts[] }
  | { readonly kind: 'trouble'; readonly cause: string };
