// A and AAAA asked together, and what the two answers come to. A family that is late is waited for only a moment, but
// its query goes on, so that what is kept in the end has both. It does not choose the servers.
import type { Nameserver } from '../../protocol/options.js';
import { canonical } from './canonical.js';
import type { Asked } from './exchange.js';
import { askList, type ListOutcome, type Transport } from './list.js';

export type PairOutcome =
  | {
      readonly kind: 'found';
      /** Canonical, AAAA before A. */
      readonly addresses: readonly string[];
      readonly ttl_s: number;
      /** One family failed or is still to come. */
      readonly lacking: boolean;
    }
  | { readonly kind: 'none'; readonly ttl_s: number | undefined; readonly lacking: boolean }
  | { readonly kind: 'failed'; readonly reason: string; readonly silent: readonly Nameserver[] };

export interface Gathered {
  /** Good enough to go on with. */
  readonly outcome: PairOutcome;
  /** Only while a family is still to come: what there will be then. */
  readonly late: Promise<PairOutcome> | undefined;
}

/** The Resolution Delay of RFC 8305 section 3. */
const GRACE_MS = 50;
const LATE: ListOutcome = { kind: 'failed', reason: 'late', silent: [] };

/** Settles within `timeout_ms`, what is late included. */
export function askPair(
  servers: readonly Nameserver[],
  name: string,
  transport: Transport,
  timeout_ms: number,
): Asked<Gathered> {
  const six = askList(servers, { name, type: 'AAAA' }, transport);
  const four = askList(servers, { name, type: 'A' }, transport);
  const cancel = (reason: string): void => {
    six.cancel(reason);
    four.cancel(reason);
  };
  const deadline = setTimeout(() => cancel('timed out'), timeout_ms);
  const both = Promise.all([six.outcome, four.outcome]).then((answers) => {
    clearTimeout(deadline);
    return combine(...answers);
  });
  return { outcome: gather(six.outcome, four.outcome, both), cancel };
}

function gather(six: Promise<ListOutcome>, four: Promise<ListOutcome>, both: Promise<PairOutcome>): Promise<Gathered> {
  return new Promise((resolve) => {
    let grace: NodeJS.Timeout | undefined;
    const wait = (outcome: PairOutcome): void => {
      if (outcome.kind !== 'failed') grace ??= setTimeout(() => resolve({ outcome, late: both }), GRACE_MS);
    };
    void six.then((answer) => wait(combine(answer, LATE)));
    void four.then((answer) => wait(combine(LATE, answer)));
    void both.then((outcome) => {
      clearTimeout(grace);
      resolve({ outcome, late: undefined });
    });
  });
}

/** An answer counts when either family has addresses. A name that does not exist does so for both (RFC 8020). */
function combine(six: ListOutcome, four: ListOutcome): PairOutcome {
  const answers = [six, four];
  const failures = answers.filter((answer) => answer.kind === 'failed');
  const found = answers.filter((answer) => answer.kind === 'addresses');
  const lacking = failures.length > 0;
  if (found.length > 0) {
    const addresses = found.flatMap((answer) => answer.addresses.map(canonical));
    const ttl_s = Math.min(...found.map((answer) => answer.ttl_s));
    return { kind: 'found', addresses, ttl_s, lacking };
  }
  if (!lacking || answers.some((answer) => answer.kind === 'nxdomain')) {
    const ttls = answers.flatMap((answer) => (answer.kind === 'failed' ? [] : (answer.ttl_s ?? [])));
    return { kind: 'none', ttl_s: ttls.length > 0 ? Math.min(...ttls) : undefined, lacking };
  }
  const reasons = new Set(failures.map((failure) => failure.reason));
  const silent = new Set(failures.flatMap((failure) => failure.silent));
  return { kind: 'failed', reason: [...reasons].join('; '), silent: [...silent] };
}
