// How lists show what they have of a line.
import type { LineState, LineUdp } from '../api/shapes.js';
import { el } from '../dom/element.js';
import { codeText, type TextKey, text } from '../text/language.js';
import { duration } from '../values/format.js';
import { badge } from '../view/view.js';

/** What speaks against a line, or that nothing does. In words; the colour only repeats them. */
export function healthOf({ health, paused, pinned, doubted, answers_early }: LineState): HTMLElement {
  const all = [
    pinned && badge('accent', text('pinned')),
    paused && badge('warn', text('paused')),
    health === 'up' && badge('good', text('health-up')),
    health === 'down' && badge('bad', text('health-down')),
    health === 'dead' && badge('bad', text('health-dead')),
    health === 'link-down' && badge('bad', text('health-link-down')),
    doubted && badge('warn', text('health-doubted')),
    answers_early && badge('warn', text('answers-early')),
  ];
  return el('span', { class: 'badges' }, ...all);
}

const UDP_TEXTS: Readonly<Record<LineUdp['state'], TextKey>> = {
  direct: 'udp-direct',
  relays: 'udp-relays',
  'not-asked': 'udp-not-asked',
  unreachable: 'udp-unreachable',
  fails: 'udp-fails',
  refuses: 'udp-refuses',
  'no-command': 'udp-no-command',
};

/** What it makes of datagrams. */
export function udpOf({ state, ago_ms, cause, silent_ms }: LineUdp): string {
  const told = { time: duration(ago_ms ?? 0), why: cause === null ? '' : codeText(cause) };
  return [text(UDP_TEXTS[state], told), ...(silent_ms === null ? [] : [text('udp-silent')])].join('; ');
}
