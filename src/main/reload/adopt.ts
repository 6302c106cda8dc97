// The configuration after a reload: everything of the new one but what only a start can bring about. Pure.
import type { Configuration } from '../../protocol/options.js';
import { placesDiffer } from './changes.js';

/** Undefined where the two cannot be joined, since the new rules and users are for other listeners than those that are open. */
export function adopt(inForce: Configuration, next: Configuration): Configuration | undefined {
  if (placesDiffer(inForce.listen, next.listen)) return undefined;
  const { engine, pid_file } = inForce;
  return { ...next, ...{ engine, pid_file } };
}
