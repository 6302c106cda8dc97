// One line: what speaks against it, its times, and what an operator does with it.
import type { LineState } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { el, fill } from '../dom/element.js';
import { histogram } from '../plot/histogram.js';
import { codeText, type TextKey, text } from '../text/language.js';
import { bytes, duration, share, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { button, facts, frame, type MakeView, panel } from '../view/view.js';
import { healthOf, udpOf } from './line-cells.js';

const EVERY_MS = 3000;

type Action = 'pause' | 'resume' | 'pin' | 'unpin';

export const line: MakeView = ({ api, notices }, name) => {
  const path = `/lines/${encodeURIComponent(name)}`;
  const pause = button(text('pause'), () => void act(shown?.paused ? 'resume' : 'pause'));
  const pin = button(text('pin'), () => void act(shown?.pinned ? 'unpin' : 'pin'));
  const state = el('div', { class: 'spaced' });
  const connect = el('div');
  const first = el('div');
  const back = el('a', { class: 'back', href: '#/lines' }, `← ${text('lines')}`);
  const view = frame(
    name,
    [back, pause, pin],
    panel(text('state'), state),
    el('div', { class: 'halves' }, panel(text('connect-times'), connect), panel(text('first-byte-times'), first)),
  );
  let shown: LineState | undefined;

  const draw = (one: LineState): void => {
    shown = one;
    pause.textContent = text(one.paused ? 'resume' : 'pause');
    pin.textContent = text(one.pinned ? 'unpin' : 'pin');
    fill(
      state,
      circuitOf(one),
      facts([
        [text('health'), healthOf(one)],
        [text('wins'), one.win_share === null ? whole(one.wins) : `${whole(one.wins)} (${share(one.win_share, 1)})`],
        [text('attempts'), whole(one.attempts)],
        [text('rescues'), whole(one.rescues)],
        [text('failures'), whole(one.failures)],
        [text('down'), bytes(one.bytes_down)],
        [text('up'), bytes(one.bytes_up)],
        [text('udp'), udpOf(one.udp)],
        ...moreOf(one),
      ]),
    );
    fill(connect, histogram(text('connect-told'), one.connect));
    fill(first, histogram(text('first-byte-told'), one.first_byte));
  };
  const asked = poll<LineState>(EVERY_MS, () => api.get(path), draw, view.trouble);

  const act = async (action: Action): Promise<void> => {
    const title: Readonly<Record<Action, TextKey>> = {
      pause: 'pause-title',
      resume: 'resume-title',
      pin: 'pin-title',
      unpin: 'unpin-title',
    };
    const body: Readonly<Record<Action, TextKey>> = {
      pause: 'pause-body',
      resume: 'resume-body',
      pin: 'pin-body',
      unpin: 'unpin-body',
    };
    const isSure = await confirmed({
      title: text(title[action], { line: name }),
      body: text(body[action], { line: name }),
      action: text(action),
      isDangerous: action === 'pause' || action === 'pin',
    });
    if (!isSure) return;
    const answer = await api.ask<unknown>('POST', `${path}/${action}`);
    notices.tell(
      answer.kind === 'answer' ? text(`${action}-done`, { line: name }) : troubleOf(answer),
      answer.kind === 'answer',
    );
    asked.now();
  };
  return { element: view.element, stop: asked.stop };
};

/** What else there is to tell of it: its way, what speaks against it, and what it may still carry. */
function moreOf({
  proxies,
  source,
  tier,
  cost_ms,
  answers_early,
  link,
  budgets,
  unanswered,
}: LineState): [string, string][] {
  const hops = proxies.map(({ kind, host, port }) => `${kind} ${host}:${port}`);
  const from = [source.interface, source.ip].filter((one) => one !== null);
  const more: [string, string][] = [
    [text('way'), hops.length === 0 ? text('direct') : hops.join(' → ')],
    [text('source'), from.length === 0 ? '–' : from.join(', ')],
    [text('tier-and-cost'), `${tier}, ${duration(cost_ms)}`],
    [text('unanswered'), whole(unanswered)],
    ...budgets.map(({ budget, bytes_used, bytes: all, spent }): [string, string] => [
      text('budget', { name: budget }),
      `${bytes(bytes_used)} / ${bytes(all)}${spent ? ` ${text('spent')}` : ''}`,
    ]),
  ];
  if (link !== null) more.push([text('link'), `${link.at}${link.fault === null ? '' : `: ${link.fault}`}`]);
  if (answers_early) more.push([text('answers-early'), text('answers-early-told')]);
  return more;
}

/** Why its circuit is open, and until when. */
function circuitOf({ circuit }: LineState): HTMLElement | null {
  if (circuit === null) return null;
  const { failures, for_ms, why } = circuit;
  const detail = why?.detail ? ` (${why.detail})` : '';
  const cause = why === null ? '' : `${codeText(why.cause)}${detail}, ${why.address}`;
  const told = { count: failures, time: duration(for_ms), why: cause };
  const said = text(for_ms < 1 ? 'circuit-due' : 'circuit-told', told);
  return el('p', { class: 'trouble' }, said);
}
