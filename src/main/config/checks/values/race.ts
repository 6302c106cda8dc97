// The settings of `race`, a part of schema.ts. It runs no race: see protocol/race/plan.ts.
import type { Options, RaceEnd } from '../../../../protocol/options.js';
import { choice, integer, type Setting } from './setting.js';

const DAY_MS = 86_400_000;
const WEEK_S = 604_800;

// biome-ignore format: a table, one key a line
export const RACE = {
  until: choice<RaceEnd>({ doc: 'When a race is won: with the first connection, or, where the client begins with a TLS ClientHello, with the first answer to it.', default: 'first-byte', env: 'TCPROUTE_RACE_UNTIL', choices: ['first-byte', 'connected'] }),
  attempts_max: integer({ doc: 'The largest number of attempts that one connection may have under way. It is lower while file descriptors are scarce.', default: 16, env: 'TCPROUTE_RACE_ATTEMPTS_MAX', min: 1, max: 1024 }),
  line_attempts_max: integer({ doc: 'The largest number of attempts that one line may have under way, for all connections together. Each worker has its share.', default: 2048, env: 'TCPROUTE_RACE_LINE_ATTEMPTS_MAX', min: 1, max: 1_000_000 }),
  total_attempts_max: integer({ doc: 'The largest number of attempts that all lines together may have under way. Each worker has its share.', default: 8192, env: 'TCPROUTE_RACE_TOTAL_ATTEMPTS_MAX', min: 1, max: 1_000_000 }),
  connect_timeout_ms: integer({ doc: 'Time for one attempt, the handshakes with its proxies included.', default: 10_000, env: 'TCPROUTE_RACE_CONNECT_TIMEOUT_MS', min: 1, max: DAY_MS }),
  stagger_ms: integer({ doc: 'The time between two starts where nothing is remembered (RFC 8305 recommends 250). 0 starts all at once.', default: 0, env: 'TCPROUTE_RACE_STAGGER_MS', min: 0, max: DAY_MS }),
  first_byte_ms: integer({ doc: 'How long a candidate without a history may take to answer before the next one is tried beside it.', default: 150, env: 'TCPROUTE_RACE_FIRST_BYTE_MS', min: 1, max: DAY_MS }),
  margin_ms: integer({ doc: 'How much later than its own history predicts a remembered candidate may be before others are tried beside it.', default: 30, env: 'TCPROUTE_RACE_MARGIN_MS', min: 0, max: DAY_MS }),
  hold_ms: integer({ doc: 'How long candidates beside the first one are kept connected for a client that has not spoken yet.', default: 1000, env: 'TCPROUTE_RACE_HOLD_MS', min: 1, max: DAY_MS }),
  early_probe_interval_s: integer({ doc: 'How often a line with a proxy is asked for an address that cannot answer. This shows whether the line says "connected" too early. 0 is never.', default: 3600, env: 'TCPROUTE_RACE_EARLY_PROBE_INTERVAL_S', min: 0, max: WEEK_S }),
} satisfies { readonly [Key in keyof Options['race']]: Setting<Options['race'][Key]> };
