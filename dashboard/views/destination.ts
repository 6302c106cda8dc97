// What is remembered of one destination: each candidate with its times, and why it leads or does not. It can be pinned and forgotten.
import type { Candidate, DestinationDetail, LineState, Smoothed } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { el, fill } from '../dom/element.js';
import { table } from '../dom/table.js';
import { codeText, reasonText, text } from '../text/language.js';
import { age, duration, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { badge, button, choice, field, frame, type MakeView, panel } from '../view/view.js';

const EVERY_MS = 5000;

export const destination: MakeView = ({ api, notices }, key) => {
  const path = `/routes/${encodeURIComponent(key)}`;
  const story = el('p', { class: 'story' });
  const list = table<Candidate>({
    caption: text('candidates'),
    empty: text('nothing-remembered'),
    isStacked: true,
    keyOf: ({ line, address }) => `${line} ${address}`,
    columns: [
      {
        head: text('line'),
        isHeader: true,
        cell: ({ line, address }) => [line, el('span', { class: 'sub' }, address)],
      },
      {
        head: text('why'),
        cell: ({ is_best, why }) => [
          is_best ? badge('good', text('leads')) : null,
          ...why.map((one) => el('span', { class: 'reason' }, reasonText(one.kind, one.text))),
        ],
      },
      { head: text('connect'), kind: 'number', cell: ({ connect }) => timeOf(connect) },
      { head: text('first-byte'), kind: 'number', cell: ({ first_byte }) => timeOf(first_byte) },
      { head: text('successes'), kind: 'number', cell: ({ successes }) => whole(successes) },
      {
        head: text('failures'),
        cell: ({ failures }) => failures.map(({ cause, count }) => `${codeText(cause)} × ${count}`).join(', ') || '–',
      },
      {
        head: text('worked'),
        kind: 'number',
        cell: ({ worked_age_ms }) =>
          worked_age_ms !== null ? text('ago', { time: age(worked_age_ms) }) : text('never'),
      },
    ],
  });
  const onLine = choice([['', text('no-pin')]]);
  const pin = button(text('pin-set'), () => void setPin());
  const forget = button(text('forget'), () => void forgetIt(), 'danger');
  const back = el('a', { class: 'back', href: '#/destinations' }, `← ${text('destinations')}`);
  const view = frame(
    key,
    [back, forget],
    panel(text('remembered-of'), story, list.element),
    panel(
      text('pin-destination'),
      el('p', { class: 'lead' }, text('pin-destination-lead')),
      el('div', { class: 'filters' }, field(text('line'), onLine, 'roomy'), pin),
    ),
  );
  let pinned: string | null = null;
  const draw = (one: DestinationDetail): void => {
    const best = one.candidates.find(({ is_best }) => is_best);
    story.textContent = best
      ? text('destination-leads', { line: best.line, address: best.address })
      : text('destination-none');
    list.update(one.candidates);
    if (one.pinned !== pinned) onLine.value = one.pinned ?? '';
    pinned = one.pinned;
  };
  void api.get<{ lines: readonly LineState[] }>('/lines').then((answer) => {
    if (answer.kind !== 'answer') return;
    fill(
      onLine,
      el('option', { value: '' }, text('no-pin')),
      ...answer.value.lines.map(({ line }) => el('option', { value: line }, line)),
    );
    onLine.value = pinned ?? '';
  });
  const asked = poll<DestinationDetail>(EVERY_MS, () => api.get(path), draw, view.trouble);

  const setPin = async (): Promise<void> => {
    const line = onLine.value;
    const isSure = await confirmed({
      title: text(line === '' ? 'unpin-destination-title' : 'pin-destination-title', { destination: key, line }),
      body: text(line === '' ? 'unpin-destination-body' : 'pin-destination-body', { line }),
      action: text(line === '' ? 'unpin' : 'pin'),
    });
    if (!isSure) return;
    const answer =
      line === '' ? await api.ask('DELETE', `${path}/pin`) : await api.ask('PUT', `${path}/pin`, { body: { line } });
    const said = text(line === '' ? 'unpin-destination-done' : 'pin-destination-done', { destination: key, line });
    notices.tell(answer.kind === 'answer' ? said : troubleOf(answer), answer.kind === 'answer');
    asked.now();
  };
  const forgetIt = async (): Promise<void> => {
    const isSure = await confirmed({
      title: text('forget-title', { destination: key }),
      body: text('forget-body'),
      action: text('forget'),
      isDangerous: true,
    });
    if (!isSure) return;
    const answer = await api.ask('DELETE', path);
    notices.tell(
      answer.kind === 'answer' ? text('forget-done', { destination: key }) : troubleOf(answer),
      answer.kind === 'answer',
    );
    if (answer.kind === 'answer') location.hash = '#/destinations';
  };
  return { element: view.element, stop: asked.stop };
};

const timeOf = (time: Smoothed | null): string => (time === null ? '–' : duration(time.mean_ms));
