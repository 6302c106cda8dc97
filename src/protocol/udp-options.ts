// How UDP is carried (UDP ASSOCIATE of RFC 1928 section 7). The meaning, range and default of each key are in
// main/config/checks/udp/ (docs/config.md). Types only.
import type { PortRange } from './rules/rule.js';

/** From whom an association takes answers: from where it was sent to, from any port there, or from everybody. */
export type UdpFilter = 'endpoint' | 'address' | 'none';

export interface UdpOptions {
  readonly enabled: boolean;
  /** Canonical addresses that clients are told, one of each family at most; null: the one to which the client has come. */
  readonly advertise: readonly string[] | null;
  /** Ports towards clients; null: the kernel chooses. */
  readonly ports: PortRange | null;
  readonly filter: UdpFilter;
  readonly idle_s: number;
  readonly dns_idle_s: number;
  readonly associations_max: number;
  readonly client_associations_max: number;
  readonly flows_max: number;
  readonly association_flows_max: number;
  /** Datagrams that one flow may hold. */
  readonly queue_max: number;
  /** Bytes that all flows of one connection actor may hold. */
  readonly queued_bytes_max: number;
  /** Descriptors that the ways of all associations may have together; computed from the limit of descriptors. */
  readonly way_fds_max: number;
}
