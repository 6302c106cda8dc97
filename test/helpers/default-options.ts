// The options that an empty configuration comes to, for tests that want a whole one and change a few.
import { Findings } from '../../src/main/config/diagnostics/diagnostics.js';
import { settle } from '../../src/main/config/finish.js';
import type { Configuration } from '../../src/protocol/options.js';

export function defaultOptions(): Configuration {
  const options = settle([], new Findings());
  if (options === undefined) throw new Error('the defaults are not allowed');
  return options;
}
