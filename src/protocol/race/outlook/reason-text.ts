// Why a line or an address has its turn in a race, in words. Pure.
import type { Way } from '../../bulk/transfer.js';
import type { RouteFailure } from '../../routes/candidate-memory.js';
import { byteCount } from '../../text/byte-count.js';
import { shownMs, shownSpan } from '../../text/spans.js';
import { FAILURES } from '../failure.js';
import type { Reason } from './reason.js';

const FAILED: Readonly<Record<RouteFailure, string>> = {
  refused: 'refused',
  reset: 'reset',
  unreachable: 'unreachable',
  'timed-out': 'timed out',
  proxy: 'the way broke at a proxy',
  late: 'later than usual',
  silent: 'connected, but did not answer',
  'not-tls': 'its answer was not TLS',
  other: 'failed otherwise',
};

const times = (count: number): string => (count === 1 ? '1 failure' : `${count} failures`);

const WAY: Readonly<Record<Way, string>> = { up: 'from clients', down: 'to clients' };

const HELD_BACK = {
  tier: 'its tier holds it back',
  cost: 'its cost holds it back',
  hint: 'the line of a neighbour goes before it',
  told: 'the line of another gateway goes before it',
  warned: 'other gateways speak against it, and others go before it',
  weight: 'another of equal lines begins for this destination',
} as const;

const DEARER = {
  tier: 'its tier is behind that of the first, which is used while it works',
  cost: 'its cost counts: with that, it is not clearly faster than the first',
} as const;

const spentText = ({ budgets, tier }: { readonly budgets: number; readonly tier: number }): string =>
  budgets === 1
    ? `its budget is spent: it goes back by one tier (${tier - 1} becomes ${tier})`
    : `${budgets} of its budgets are spent: it goes back by ${budgets} tiers (${tier - budgets} becomes ${tier})`;

const movedText = ({ to, ago_ms }: { readonly to: string | undefined; readonly ago_ms: number }): string =>
  `as was seen ${shownSpan(ago_ms)} ago${to === undefined ? '' : ` (now ${to})`}`;

const pinnedText = ({ all }: { readonly all: boolean }): string =>
  `${all ? 'all destinations are' : 'the destination is'} pinned`;

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'kept-away-by-rule':
      return 'the rule that applies leaves it out';
    case 'not-for-user':
      return 'the client may not use it';
    case 'paused':
      return 'it is paused by an operator';
    case 'pinned':
      return `${pinnedText(reason)} to it by an operator: no other is used, also while it fails`;
    case 'pinned-elsewhere':
      return `${pinnedText(reason)} to ${reason.line} by an operator`;
    case 'held-back':
      return `${HELD_BACK[reason.by]}: it starts after ${shownMs(reason.starts_ms)} ms, unless another has connected by then`;
    case 'carries':
      return `carries ${byteCount(reason.bytes_s)} a second ${WAY[reason.way]} in bulk for this site (measured ${shownSpan(reason.ago_ms)} ago)`;
    case 'home-trial-due':
      return 'cheaper than the first: it is tried beside that now, without the client';
    case 'home-trial-later':
      return `cheaper than the first: it is tried beside that in ${shownSpan(reason.for_ms)} at the earliest`;
    case 'link-down':
      return 'the interface or address that it leaves by is down';
    case 'dead':
      return 'connections fail over it now that others carry: it counts as dead';
    case 'budget-spent':
      return spentText(reason);
    case 'circuit-open':
      return `its proxy cannot be reached (${times(reason.failures)} in a row): left out for another ${shownSpan(reason.for_ms)}`;
    case 'circuit-trial':
      return `its proxy could not be reached (${times(reason.failures)} in a row): a trial is due`;
    case 'answers-early':
      return 'it says "connected" before it is: connecting first does not count';
    case 'another-is-kept':
      return `a sticky rule keeps ${reason.line} while that works`;
    case 'kept':
      return 'a sticky rule keeps it while it works';
    case 'carries-neighbour':
      return `a neighbour is carried by it: ${reason.neighbour}, ${shownSpan(reason.ago_ms)} ago`;
    case 'told-by-gateway':
      return `ordered by a hint of gateway ${reason.gateway}, ${shownSpan(reason.ago_ms)} old: it begins`;
    case 'mute-elsewhere':
      return `gateway ${reason.gateway} says that it connects there, and does not answer: it begins late`;
    case 'down-elsewhere':
      return `gateway ${reason.gateway} says that it is down: at a first contact others go before it for a moment`;
    case 'false-elsewhere':
      return 'other gateways say that the address is false: at a first contact others go before it for a moment';
    case 'best':
      return 'the best of what is remembered';
    case 'unknown':
      return 'nothing is known of it for this destination';
    case 'not-better':
      return 'it works, but is not clearly faster than the best';
    case 'dearer':
      return DEARER[reason.by];
    case 'worked-before':
      return 'it worked before that';
    case 'unproven':
      return 'it has not worked since its last failure: a dearer line that works is not left for it';
    case 'race-is-due':
      return `it works, but all are to race again${reason.raced_ms === undefined ? '' : `: they last did ${shownSpan(reason.raced_ms)} ago`}`;
    case 'hearsay':
      return 'it works, as another gateway had said: all race once before it leads';
    case 'failing':
      return `failing here for another ${shownSpan(reason.for_ms)} after ${times(reason.failures)}${reason.cause === undefined ? '' : ` (${FAILED[reason.cause]})`}`;
    case 'failed-lately':
      return `it failed ${shownSpan(reason.ago_ms)} ago (${FAILED[reason.cause]}), which may be the destination's own failure`;
    case 'mute':
      return 'connecting alone does not count until it answers';
    case 'gone':
      return `its name no longer has this address, ${movedText(reason)}`;
    case 'kept-though-moved':
      return `a sticky rule keeps the address until it fails, though its name has left it, ${movedText(reason)}`;
    case 'stands-in':
      return `it stands in for ${reason.from}, which its name no longer has`;
    case 'worked-too-long-ago':
      return `it last worked ${shownSpan(reason.ago_ms)} ago, longer than cache.ttl_s`;
    case 'suspect-address':
      return 'the address is suspected of being false';
    case 'forbidden':
      return FAILURES[reason.cause].sentence;
    default:
      return reason satisfies never;
  }
}
