// For how long a flow may be without datagrams, and when silence is a reason to try another line. Pure.
import type { FlowKind } from './flow-record.js';

const DNS_PORT = 53;
/** Datagrams without any answer, and the time in which they went. */
const SILENT_DATAGRAMS = 3;
export const SILENT_MS = 3000;
/** Datagrams of a client that goes on without any answer where there were some, and the time in which they went. */
const UNANSWERED_DATAGRAMS = 8;
const UNANSWERED_MS = 15_000;

/** A flow that nothing carries stays for so long, and drops what comes: each datagram would ask everything anew. */
export const FAILED_MS = 1000;

/** What a flow carries, as far as its port tells. */
export const kindOfPort = (port: number): FlowKind => (port === DNS_PORT ? 'dns' : 'other');

/** How long nothing may move. */
export const idleOf = (port: number, { idle_s, dns_idle_s }: { idle_s: number; dns_idle_s: number }): number =>
  1000 * (port === DNS_PORT ? dns_idle_s : idle_s);

/** Whether a client has gone on in vain for so long that its line is given up. */
export const isUnanswered = (sent: number, since_ms: number): boolean =>
  sent >= UNANSWERED_DATAGRAMS && since_ms >= UNANSWERED_MS;

/** Whether nothing came back of so many datagrams in so long a time. */
export const isSilent = (sent: number, since_ms: number): boolean => sent >= SILENT_DATAGRAMS && since_ms >= SILENT_MS;
