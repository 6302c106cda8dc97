// The part of an explanation that comes before the race: in which order lines and addresses have their turns, and why. Pure.
import { preferenceText } from '../../../protocol/lines/preference.js';
import type { AddressOutlook, LineOutlook, Outlook } from '../../../protocol/race/outlook/outlook.js';
import type { Turn } from '../../../protocol/race/outlook/reason.js';
import { reasonText } from '../../../protocol/race/outlook/reason-text.js';
import { shownMs, shownSpan } from '../../../protocol/text/spans.js';
import type { OutlookOf } from './before.js';
import { clipped, wrapped } from './columns.js';

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
