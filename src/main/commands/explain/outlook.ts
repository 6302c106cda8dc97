// The part of an explanation that comes before the race: in which order lines and addresses have their turns, and why. Pure.
import type { Way } from '../../../protocol/bulk/transfer.js';
import { preferenceText } from '../../../protocol/lines/preference.js';
import { FAILURES } from '../../../protocol/race/failure.js';
import type { AddressOutlook, LineOutlook, Outlook } from '../../../protocol/race/outlook/outlook.js';
import type { Reason, Turn } from '../../../protocol/race/outlook/reason.js';
import type { RouteFailure } from '../../../protocol/routes/candidate-memory.js';
import { byteCount } from '../../../protocol/text/byte-count.js';
import type { OutlookOf } from './before.js';
import { clipped, shownMs, shownSpan, wrapped } from './columns.js';

const NAME_COLUMNS = 24;

const TURN: Readonly<Record<Turn, string>> = { first: 'first', others: 'next', last: 'last', never: 'never' };
const TURN_COLUMNS = 5;

export function outlookLines(outlook: Outlook | undefined, of: OutlookOf | undefined = 'own'): string[] {
  if (
    outlook === undefined ||
    !outlook.lines.some(({ why, addresses }) => why.length > 0 || isTold(addresses, outlook))
  )
    return [];
  const width = Math.min(NAME_COLUMNS, Math.max(...outlook.lines.map(({ line }) => line.length)));
  const head = of === 'running' ? 'before the race, in the gateway that runs' : 'before the race';
  return [head, ...outlook.lines.flatMap((line) => rowsOf(line, width)), ...startLines(outlook), ''];
}

/** Of a single address of a single line there is nothing to tell, unless it failed. */
const isTold = ([first, second]: readonly AddressOutlook[], { lines }: Outlook): boolean =>
  lines.length > 1 || second !== undefined || (first?.why.some(({ kind }) => kind !== 'unknown') ?? false);

function rowsOf(outlook: LineOutlook, width: number): string[] {
  const { line, turn, why, addresses } = outlook;

  const head = (of: Turn, name: string): string =>
    `  ${TURN[of].padEnd(TURN_COLUMNS)}  ${clipped(name, width).padEnd(width)}  `;
  const liked = preferenceText(outlook);
  const told = [...(liked === undefined ? [] : [liked]), ...why.map(reasonText)].join('; ');
  if (addresses.length === 0) return wrapped(head(turn, line), (told === '' ? 'no address is known' : told).split(' '));
  return alike(addresses).flatMap(({ turn, named, text }, place) => {
    const own = `${named.join(', ')}: ${text}`;
    const whole = place === 0 && told !== '' ? `${told}; ${own}` : own;
    return wrapped(head(turn, place === 0 ? line : ''), whole.split(' '));
  });
}

/** Neighbours of which the same is to be said stand together. */
function alike(addresses: readonly AddressOutlook[]) {
  const groups: { readonly turn: Turn; readonly text: string; readonly named: string[] }[] = [];
  for (const address of addresses) {
    const { turn } = address;
    const text = addressText(address);
    const last = groups.at(-1);
    if (last?.turn === turn && last.text === text) last.named.push(address.address);
    else groups.push({ turn, text, named: [address.address] });
  }
  return groups;
}

function addressText({ why, connect_ms, first_byte_ms, worked_ms }: AddressOutlook): string {
  const known = [
    ...(connect_ms === undefined ? [] : [`connects in ${shownMs(connect_ms)} ms`]),
    ...(first_byte_ms === undefined ? [] : [`answers in ${shownMs(first_byte_ms)} ms`]),
    ...(worked_ms === undefined ? [] : [`worked ${shownSpan(worked_ms)} ago`]),
  ];
  const reasons = why.map(reasonText).join('; ');
  return known.length === 0 ? reasons : `${reasons} (${known.join(', ')})`;
}

function startLines({ alone_ms, stagger_ms, lines }: Outlook): string[] {
  const areHeld = lines.some(({ why }) => why.some(({ kind }) => kind === 'held-back'));
  const those = areHeld ? 'those that nothing holds back' : 'those that are next';
  if (!lines.some(({ addresses }) => addresses.some(({ turn }) => turn === 'others'))) return [];
  const how = stagger_ms > 0 ? `one every ${shownSpan(stagger_ms)}` : 'all at once';
  if (alone_ms === undefined) return [`  nothing goes first: ${those} start ${how}`];
  return [`  ${those} start when the first has failed, or has not connected after ${shownMs(alone_ms)} ms`];
}

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

function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'kept-away-by-rule':
      return 'the rule that applies leaves it out';
    case 'not-for-user':
      return 'the client may not use it';
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
