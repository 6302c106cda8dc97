// How lists show what they have of a connection.
import type { Connection } from '../api/shapes.js';
import { el } from '../dom/element.js';
import { codeText, text } from '../text/language.js';
import { badge } from '../view/view.js';

/** The target, with the way to its race. */
export const hostLink = ({ id, target }: Connection): HTMLElement =>
  el('a', { href: `#/connections/${encodeURIComponent(id)}` }, target ?? text('no-target'));

/** In which state it is, or how it ended. */
export function endingOf({ phase, cause, ending }: Connection): HTMLElement {
  if (cause !== undefined)
    return el('span', {}, badge('bad', text('failed')), el('span', { class: 'why' }, codeText(cause)));
  if (phase === 'ended') return el('span', {}, badge(isClean(ending) ? 'plain' : 'warn', endingText(ending)));
  return badge(phase === 'relay' ? 'good' : 'accent', phaseText(phase));
}

export function phaseText(phase: string): string {
  switch (phase) {
    case 'handshake':
      return text('phase-handshake');
    case 'race':
      return text('phase-race');
    case 'relay':
      return text('phase-relay');
    default:
      return text('phase-ended');
  }
}

const isClean = (ending: string | undefined): boolean => ending === 'complete';

const endingText = (ending: string | undefined): string => (ending === undefined ? text('ended') : codeText(ending));
