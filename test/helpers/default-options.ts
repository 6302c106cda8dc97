// The options of an empty configuration, for tests that need a whole one and change parts of it.
import { Diagnostics } from '../../src/main/config/diagnostics/diagnostics.js';
import { finish } from '../../src/main/config/finish.js';
import type { Configuration } from '../../src/protocol/options.js';

export function defaultOptions(): Configuration {
  const options = finish([], new Diagnostics());
  if (options === undefined) throw new Error('the defaults are not allowed');
  return options;
}
