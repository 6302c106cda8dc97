// The configuration after a reload: everything of the new one but what only a start can bring about. Pure.
import type { Configuration } from '../../protocol/options.js';

export function adopt(inForce: Configuration, next: Configuration): Configuration {
  return { ...next, engine: inForce.engine };
}
