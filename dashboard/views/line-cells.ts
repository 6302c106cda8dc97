// How lists show what they have of a line.
import type { LineState } from '../api/shapes.js';
import { el } from '../dom/element.js';
import { text } from '../text/language.js';
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
