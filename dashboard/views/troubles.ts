// What is wrong with the gateway now, as it says itself, for the top of a view.
import type { Status } from '../api/shapes.js';
import { el, fill } from '../dom/element.js';
import { text } from '../text/language.js';
import { dayAndTime } from '../values/format.js';

export interface TroubleList {
  readonly element: HTMLElement;
  /** `refused`: why the page gets no events; undefined where it gets them. */
  update(status: Status | undefined, refused?: string): void;
}

export function troubleList(): TroubleList {
  const element = el('div', { class: 'troubles', role: 'status', hidden: true });
  let shown = '';
  return {
    element,
    update(status, refused) {
      const all = [
        ...(refused === undefined ? [] : [{ message: text('events-refused', { why: refused }) }]),
        ...(status === undefined || status.state === 'serving' ? [] : [{ message: text('drains') }]),
        ...(status?.actors ?? [])
          .filter(({ is_serving }) => !is_serving)
          .map(({ name }) => ({ message: text('actor-again', { name }) })),
        ...(status?.troubles ?? []),
      ];
      // What somebody reads, or has read out, is not drawn again while it stays the same.
      const signature = JSON.stringify(all);
      if (signature === shown) return;
      shown = signature;
      element.hidden = all.length === 0;
      fill(element, ...all.map(troubleOf));
    },
  };
}

interface Trouble {
  readonly message: string;
  readonly level?: string;
  readonly since?: string;
}

/** What is told at level info, such as a spent budget, is as it should be. */
const troubleOf = ({ message, level, since }: Trouble): HTMLElement =>
  el(
    'p',
    { class: level === 'info' ? 'trouble told-only' : 'trouble' },
    message,
    since === undefined ? null : el('span', { class: 'sub' }, text('since', { time: dayAndTime(since) })),
  );
