// How lists show what they have of a connection.
import type { Connection } from '../api/shapes.js';
import { type Child, el } from '../dom/element.js';
import { codeText, text } from '../text/language.js';
import { badge } from '../view/view.js';

/** The target, with the way to its race. */
export const hostLink = ({ id, target }: Connection): HTMLElement =>
  el('a', { href: `#/connections/${encodeURIComponent(id)}` }, ...placeOf(target ?? text('no-target')));

/** A host and its port, which may stand on a line of its own, whole. */
export function placeOf(target: string): Child[] {
  const [, host = target, port = ''] = /^(.*)(:\d+)$/.exec(target) ?? [];
  return [host, el('wbr'), port === '' ? null : el('span', { class: 'whole' }, port)];
}

/** In which state it is, or how it ended. */
export function endingOf({ phase, cause, ending }: Connection): HTMLElement {
  if (cause !== undefined)
    return el('span', {}, badge('bad', text('failed')), el('span', { class: 'why' }, codeText(cause)));
  if (phase === 'ended') {
    if (ending === 'complete' || ending === undefined) return badge('plain', text('ended'));
    return el('span', {}, badge('warn', text('broken')), el('span', { class: 'why' }, codeText(ending)));
  }
  return badge(phase === 'relay' ? 'good' : 'accent', phaseText(phase));
}

/** The same in few words, for a list beside another one: the way it ended stands in place of `broken off`. */
export function shortEndingOf(one: Connection): HTMLElement {
  if (one.cause !== undefined || one.ending === undefined || one.ending === 'complete') return endingOf(one);
  return el('span', { class: 'why alone' }, codeText(one.ending));
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
