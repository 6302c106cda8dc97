// The files in which the state of a gateway outlives its process; null where there is none.
import type { Options } from '../../protocol/options.js';

export const stateFilesOf = ({ cache, dns, budget_state_file }: Options) => [
  ...[cache.state_file, dns.state_file, budget_state_file],
];
