// This gateway as one of a site: under which name, with which secrets, over which engine. Another engine, site or secret makes
// another one: what was known of the engine then holds no longer. Types only.
import type { SiteSecrets } from '../../../protocol/share/secrets.js';
import type { Command, Engine } from '../engine/engine.js';

/** Writes for which nobody waits: the last one for a key wins. */
export interface Writes {
  put(key: string, command: Command): void;
  /** Those that wait for the engine now, and those that were given up. */
  readonly counts: { readonly waiting: number; readonly dropped: number };
  close(): void;
}

export interface Site {
  /** The name of this gateway. */
  readonly gateway: string;
  readonly secrets: SiteSecrets;
  readonly engine: Engine;
  readonly writes: Writes;
}
