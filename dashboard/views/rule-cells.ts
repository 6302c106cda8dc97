// What the rules say of a target, in words.
import type { RuleTest } from '../api/shapes.js';
import { type Child, el } from '../dom/element.js';
import { codeText, text } from '../text/language.js';
import { badge } from '../view/view.js';

export function testedOf({ rule, lines, refused }: RuleTest): Child[] {
  const which = rule ? text('rule-is', { rule: rule.place }) : text('rule-none');
  const verdict = refused
    ? [badge('bad', text('refused')), ` ${codeText(refused.cause)}`]
    : [badge('good', text('may-go')), ` ${lines.join(', ')}`];
  return [el('p', { class: 'story' }, which), el('p', {}, ...verdict)];
}
