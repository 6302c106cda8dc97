// What the admin actor asks of the DNS actor. Types only.
import type { NamesStatistics } from '../dns.js';

/** Served by the DNS actor, called by the admin actor. */
export interface NamesAdmin {
  /** Counts of the servers, the lookups and the prober since the start. */
  statistics(): Promise<NamesStatistics>;
}
