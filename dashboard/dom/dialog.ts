// Asks before something is done that people may notice. The browser's own dialog element keeps the focus inside, closes by Escape
// and gives the focus back.
import { text } from '../text/language.js';
import { el } from './element.js';

export interface Question {
  readonly title: string;
  /** What exactly will happen. */
  readonly body: string;
  /** The word on the button that does it. */
  readonly action: string;
  readonly isDangerous?: boolean;
}

/** Whether the answer is yes. */
export function confirmed({ title, body, action, isDangerous }: Question): Promise<boolean> {
  const yes = el('button', { type: 'submit', value: 'yes', class: isDangerous ? 'danger' : 'primary' }, action);
  // The first one has the focus: an Enter by mistake does nothing.
  const no = el('button', { type: 'submit', value: 'no' }, text('cancel'));
  const dialog = el(
    'dialog',
    { 'aria-labelledby': 'question', 'aria-describedby': 'question-body' },
    el(
      'form',
      { method: 'dialog' },
      el('h2', { id: 'question' }, title),
      el('p', { id: 'question-body' }, body),
      el('div', { class: 'buttons' }, no, yes),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
