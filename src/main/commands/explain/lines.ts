// For `tcproute explain`: which lines may carry a target, which of them cannot, and where its name is resolved. Pure.
import type { Target } from '../../../protocol/address/target.js';
import type { Line } from '../../../protocol/lines/line.js';
import type { Options } from '../../../protocol/options.js';
import { whyUnaskable } from '../../../protocol/outbound/chain.js';
import { describe } from '../../../protocol/race/failure.js';
import { narrowed } from '../../../protocol/rules/narrowed.js';
import type { Ruling } from '../../../protocol/rules/rule.js';

/**
 * Where the lines that may be used resolve the name. `here`: no line has a proxy, and all dial the addresses of DNS.
 * `here-and-by-proxy`: lines without a proxy dial the addresses of DNS, the others leave the name to their proxy.
 * `by-proxy`: all leave it to their proxy. `blocked`: a rule blocks the name. `literal`: the target is an address.
 */
export type Resolved = 'here' | 'here-and-by-proxy' | 'by-proxy' | 'blocked' | 'literal';

export interface Unfit {
  readonly line: string;
  readonly why: string;
}

/**
 * The lines that may be used. `ruling`: that of the rule for the target, if there is one. `own`: the lines that the user may
 * use.
 */
export function usableLines(
  { lines }: Pick<Options, 'lines'>,
  ruling: Ruling | undefined,
  own: readonly number[] | undefined,
): readonly Line[] {
  if (ruling === 'block') return [];
  const choice = narrowed(ruling, own);
  return lines.filter(({ number }) => choice?.lines?.includes(number) ?? true);
}

/** Those of the lines that cannot ask their last proxy for the target. */
export function unfitLines({ asked }: Target, usable: readonly Line[]): readonly Unfit[] {
  return usable.flatMap(({ name, hops }) => {
    const why = whyUnaskable(hops, asked);
    return why === undefined ? [] : [{ line: name, why: describe(why) }];
  });
}

/** For `ruling` and `own` see `usableLines`. */
export function resolvedWhere(
  { ip }: Target,
  options: Pick<Options, 'lines'>,
  ruling: Ruling | undefined,
  own: readonly number[] | undefined,
): Resolved {
  if (ip !== undefined) return 'literal';
  if (ruling === 'block') return 'blocked';
  const usable = usableLines(options, ruling, own);
  const direct = usable.filter(({ isDirect }) => isDirect).length;
  if (direct === 0) return 'by-proxy';
  return direct === usable.length ? 'here' : 'here-and-by-proxy';
}
