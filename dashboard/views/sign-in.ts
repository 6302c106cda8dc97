// Asks for the token of the gateway. It goes to the gateway only, and is kept for this tab.

import { el } from '../dom/element.js';
import { text } from '../text/language.js';
import { frame, type View } from '../view/view.js';

/** `isWrong`: the gateway did not take the one before. */
export function signIn(isWrong: boolean, done: (token: string) => void): View {
  const token = el('input', {
    type: 'password',
    id: 'token',
    autocomplete: 'current-password',
    required: true,
    'aria-describedby': 'token-told',
    'aria-invalid': isWrong ? 'true' : undefined,
  });
  const form = el(
    'form',
    { class: 'sign-in' },
    el('label', { for: 'token' }, text('token')),
    token,
    el('p', { id: 'token-told', class: isWrong ? 'wrong' : '' }, text(isWrong ? 'token-wrong' : 'token-told')),
    el('button', { type: 'submit', class: 'primary' }, text('sign-in')),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (token.value.trim() !== '') done(token.value.trim());
  });
  return { element: frame(text('sign-in'), [], form).element, stop() {} };
}
