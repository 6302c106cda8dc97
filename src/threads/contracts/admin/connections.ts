// What the admin actor asks of a connection actor. Types only.
import type { RecordsPage } from '../connection.js';

/** Served by each connection actor, called by the admin actor. */
export interface ConnectionsAdmin {
  /** Records of live connections and of those that ended last, from a place on (0: the beginning). */
  records(from: number): Promise<RecordsPage>;
}
