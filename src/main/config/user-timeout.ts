// Warns of a keepalive of a rule or a listener that TCP_USER_TIMEOUT cuts short: with each probe the kernel looks at that time,
// and then not at the number of probes.
import type { QuietKeys } from '../../protocol/quiet/quiet.js';
import type { Diagnostics } from './diagnostics/diagnostics.js';
import { inside, type Place, placeOf } from './diagnostics/place.js';
import type { Settings } from './schema.js';

/** `places`: of the lists; undefined for one that is not given. */
export function warnOfUserTimeout(
  { listen, rules, tcp_user_timeout_ms }: Pick<Settings, 'listen' | 'rules' | 'tcp_user_timeout_ms'>,
  places: { readonly listen: Place | undefined; readonly rules: Place },
  diagnostics: Diagnostics,
): void {
  if (tcp_user_timeout_ms === 0) return;
  const what = `tcp_user_timeout_ms (${tcp_user_timeout_ms}) goes before "probes"`;
  const text = `${what}: a probe without an answer ends the connection once the peer has been silent for that time`;
  const look = (quiet: QuietKeys | undefined, list: Place, index: number): void => {
    if (!quiet?.keepalive) return;
    const { idle_s, interval_s, probes } = quiet.keepalive;
    if (tcp_user_timeout_ms >= (idle_s + interval_s * probes) * 1000) return;
    diagnostics.warn(inside(inside(list, index), 'keepalive'), text);
  };
  for (const { index, quiet } of listen) look(quiet, places.listen ?? placeOf('listen'), index);
  for (const [index, { ruling }] of rules.entries()) if (ruling !== 'block') look(ruling.quiet, places.rules, index);
}
