// Tells what came of an action, at the foot of the page and to a screen reader. The last few stay for a while.
import { text } from '../text/language.js';
import { el } from './element.js';

const SHOWN_MAX = 3;
const SHOWN_MS = 8000;

export class Notices {
  readonly element = el('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });

  tell(said: string, isGood: boolean): void {
    const close = el('button', { type: 'button', class: 'quiet', 'aria-label': text('dismiss') }, '×');
    const notice = el('p', { class: isGood ? 'notice good' : 'notice bad' }, el('span', {}, said), close);
    const timer = setTimeout(() => notice.remove(), SHOWN_MS);
    close.addEventListener('click', () => {
      clearTimeout(timer);
      notice.remove();
    });
    this.element.append(notice);
    while (this.element.childElementCount > SHOWN_MAX) this.element.firstElementChild?.remove();
  }
}
