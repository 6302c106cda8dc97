// For how long a flow may be without datagrams, and when silence is a reason to try another line. Pure.
import type { FlowKind } from './flow-record.js';

const DNS_PORT = 53;
/** Datagrams without any answer, and the time in which they went. */
const SILENT_DATAGRAMS = 3;
const SILENT_MS = 3000;

/** What a flow carries, as far as its port tells. */
export const kindOfPort = (port: number): FlowKind => (port === DNS_PORT ? 'dns' : 'other');

/** How long nothing may move. */
export const idleOf = (port: number, { idle_s, dns_idle_s }: { idle_s: number; dns_idle_s: number }): number =>
  1000 * (port === DNS_PORT ? dns_idle_s : idle_s);

/** Whether nothing came back of so many datagrams in so long a time. */
export const isSilent = (sent: number, since_ms: number): boolean => sent >= SILENT_DATAGRAMS && since_ms >= SILENT_MS;
