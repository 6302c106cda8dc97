// Begins to connect to the engine that the options name.
import type { Notice } from '../../protocol/notices/notice.js';
import type { ShareOptions } from '../../protocol/share-options.js';
import { connectEngine } from './engine/connect-engine.js';
import { Writes } from './engine/writes.js';
import type { OpenedEngine } from './present-site.js';

/** `share.url` is set. `tell`: what the operator must hear. */
export function openEngine(share: ShareOptions, tell: (notice: Notice) => void): OpenedEngine {
  const now = (): number => performance.now();
  const engine = connectEngine(share, { now, random: Math.random, tell });
  return { engine, writes: new Writes(engine, now) };
}
