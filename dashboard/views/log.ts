// The log as it is written: by level, by a text, and held while somebody reads it.
import type { LogLine } from '../api/shapes.js';
import { el, fill } from '../dom/element.js';
import { text } from '../text/language.js';
import { clock, whole } from '../values/format.js';
import { troubleOf } from '../view/poll.js';
import { badge, button, choice, field, frame, type MakeView } from '../view/view.js';
import { troubleList } from './troubles.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const SHOWN_MAX = 300;

export const log: MakeView = ({ api, live, notices }) => {
  const from = choice(
    LEVELS.map((level) => [level, level] as const),
    'debug',
  );
  const contains = el('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  const written = choice([['', text('unchanged')], ...LEVELS.map((level) => [level, level] as const)]);
  const list = el('ol');
  const scroller = el('div', { class: 'log', 'aria-label': text('log'), tabindex: 0, role: 'region' }, list);
  const count = el('p', { class: 'count' });
  let held: readonly LogLine[] | undefined;
  const hold = button(text('hold'), () => {
    held = held === undefined ? [...live.log] : undefined;
    hold.textContent = text(held === undefined ? 'hold' : 'go-on');
    draw();
  });
  const form = el(
    'form',
    { class: 'filters', role: 'search', onsubmit: (event) => event.preventDefault() },
    field(text('level-from'), from),
    field(text('contains'), contains),
    field(text('level-written'), written),
  );
  const refused = troubleList();
  const view = frame(text('log'), [hold], refused.element, form, count, scroller);

  const draw = (): void => {
    const least = LEVELS.indexOf(from.value as (typeof LEVELS)[number]);
    const part = contains.value.trim().toLowerCase();
    const all = held ?? live.log;
    const meant = all.filter(
      (one) => rankOf(one.level) >= least && (part === '' || wordsOf(one).toLowerCase().includes(part)),
    );
    const shown = meant.slice(-SHOWN_MAX).reverse();
    fill(list, ...shown.map(rowOf));
    const left = live.leftOut > 0 ? ` · ${text('left-out', { count: whole(live.leftOut) })}` : '';
    count.textContent = `${text('shown-of', { shown: whole(shown.length), all: whole(all.length) })}${left}`;
  };
  form.addEventListener('input', draw);
  written.addEventListener('change', () => void setLevel());
  const setLevel = async (): Promise<void> => {
    const level = written.value;
    if (level === '') return;
    const answer = await api.ask<unknown>('PUT', '/configuration/log-level', { body: { level } });
    notices.tell(
      answer.kind === 'answer' ? text('level-done', { level }) : troubleOf(answer),
      answer.kind === 'answer',
    );
    if (answer.kind !== 'answer') written.value = '';
  };
  const unwatch = live.watch(() => {
    refused.update(undefined, live.refused);
    if (held === undefined) draw();
  });
  refused.update(undefined, live.refused);
  draw();
  return { element: view.element, stop: unwatch };
};

const rankOf = (level: string): number =>
  level === 'fatal' ? LEVELS.length : Math.max(0, LEVELS.indexOf(level as (typeof LEVELS)[number]));

const wordsOf = ({ message, fields }: LogLine): string => `${message} ${fieldsOf(fields)}`;

function fieldsOf(fields: LogLine['fields']): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function rowOf(line: LogLine): HTMLElement {
  const { at, level, message, fields } = line;
  const kind = level === 'error' || level === 'fatal' ? 'bad' : level === 'warn' ? 'warn' : 'plain';
  return el(
    'li',
    {},
    el('time', { datetime: at }, clock(at)),
    badge(kind, level),
    el('span', { class: 'message' }, message, ' ', el('span', { class: 'fields' }, fieldsOf(fields))),
  );
}
