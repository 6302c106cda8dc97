// For `tcproute explain`: how long the connection may be quiet and how its peers are probed, where a rule or the listener says
// something of that. Pure.
import type { ListenOptions } from '../../../protocol/listen-options.js';
import type { Options } from '../../../protocol/options.js';
import { type KeepAlive, QuietAt, usualQuiet } from '../../../protocol/quiet/quiet.js';
import type { Ruling } from '../../../protocol/rules/rule.js';

export interface ShownQuiet {
  /** 0 is never. */
  readonly idle_timeout_ms: number;
  readonly keepalive: KeepAlive | false;
}

/** Undefined where only the usual applies. `ruling`: of the rule for the target, if there is one. */
export function shownQuiet(
  ruling: Ruling | undefined,
  listener: Pick<ListenOptions, 'quiet'> | undefined,
  options: Pick<Options, 'tcp_keepalive_s' | 'idle_timeout_ms'>,
): ShownQuiet | undefined {
  const ruled = ruling === 'block' ? undefined : ruling?.quiet;
  if (ruled === undefined && listener?.quiet === undefined) return undefined;
  const { idle_timeout_ms, keepalive } = new QuietAt(listener?.quiet, usualQuiet(options)).under(ruled);
  return { idle_timeout_ms: idle_timeout_ms === Number.POSITIVE_INFINITY ? 0 : idle_timeout_ms, keepalive };
}

/** For people. */
export function quietText({ idle_timeout_ms, keepalive }: ShownQuiet): string {
  const end = idle_timeout_ms === 0 ? 'may be quiet for ever' : `may be quiet for ${idle_timeout_ms / 1000} s`;
  if (!keepalive) return `the connection ${end}, without probes`;
  const { idle_s, interval_s, probes } = keepalive;
  const last = probes === 1 ? '1 probe without an answer ends it' : `${probes} probes without an answer end it`;
  return `the connection ${end}; its peers are probed after ${idle_s} s and then every ${interval_s} s, and ${last}`;
}
