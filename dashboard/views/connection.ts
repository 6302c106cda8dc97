// One connection: its race as a waterfall, why its winner won, and what it carried.
import type { Closed, ConnectionDetail, Race } from '../api/shapes.js';
import { confirmed } from '../dom/dialog.js';
import { type Child, el, fill } from '../dom/element.js';
import { rescuedFrom } from '../race/geometry.js';
import { waterfall } from '../race/waterfall.js';
import { codeText, text } from '../text/language.js';
import { age, bytes, dayAndTime, duration, whole } from '../values/format.js';
import { poll, troubleOf } from '../view/poll.js';
import { badge, button, facts, frame, type MakeView, panel } from '../view/view.js';
import { endingOf } from './connection-cells.js';

const EVERY_MS = 2000;

export const connection: MakeView = ({ api, notices }, id) => {
  const path = `/connections/${encodeURIComponent(id)}`;
  const story = el('p', { class: 'story' });
  const race = el('div');
  const about = el('div');
  const close = button(text('close'), () => void closeIt(), 'danger');
  close.hidden = true;
  const back = el('a', { class: 'back', href: '#/connections' }, `← ${text('connections')}`);
  // Of a connection that is not known nothing is shown.
  const known = el(
    'div',
    { class: 'spaced', hidden: true },
    panel(text('race'), story, race),
    panel(text('about-connection'), about),
  );
  const view = frame(text('connection'), [back, close], known);
  const title = view.element.querySelector('h1') as HTMLElement;
  let drawnRace: string | undefined;
  let shown: ConnectionDetail | undefined;

  const draw = (one: ConnectionDetail): void => {
    shown = one;
    known.hidden = false;
    title.textContent = one.target ?? text('no-target');
    close.hidden = one.phase === 'ended';
    // What has been decided does not change: the row that somebody reads is not drawn again.
    const signature = JSON.stringify(one.race);
    if (signature !== drawnRace || one.race === undefined) {
      drawnRace = signature;
      fill(story, ...(one.race ? [...storyOf(one.race), ...toldOf(one.race)] : [text('no-race')]));
      fill(race, one.race ? waterfall(one.race, isName(one.race.target)) : null);
    }
    fill(
      about,
      facts([
        [text('state'), endingOf(one)],
        [text('client'), one.client],
        [text('user'), one.tag === undefined ? (one.user ?? '–') : `${one.user ?? ''}+${one.tag}`],
        [text('listener'), one.listener],
        ...(one.association === undefined ? [] : [[text('flows-association'), one.association] as [string, string]]),
        [text('line'), one.line ?? '–'],
        [text('address'), one.address ?? '–'],
        [text('up'), bytes(one.bytes_up)],
        [text('down'), bytes(one.bytes_down)],
        [text('opened'), dayAndTime(one.opened_at)],
        [text('lasted'), duration(one.duration_ms)],
      ]),
    );
    if (one.phase === 'ended') asked.stop();
  };
  const asked = poll<ConnectionDetail>(EVERY_MS, () => api.get(path), draw, view.trouble);

  const closeIt = async (): Promise<void> => {
    const what = { target: shown?.target ?? text('no-target'), client: shown?.client ?? '' };
    const isSure = await confirmed({
      title: text('close-title'),
      body: text('close-body', what),
      action: text('close'),
      isDangerous: true,
    });
    if (!isSure) return;
    const answer = await api.ask<Closed>('DELETE', path);
    notices.tell(answer.kind === 'answer' ? text('close-done', what) : troubleOf(answer), answer.kind === 'answer');
    asked.now();
  };
  return { element: view.element, stop: asked.stop };
};

/** Who won and why, in a sentence or two. */
function storyOf(race: Race): Child[] {
  const { attempts, winner, why, total_ms, cause, detail } = race;
  const won = winner === undefined ? undefined : attempts[winner];
  if (won === undefined) {
    if (cause === undefined)
      return [badge('accent', text('phase-race')), ` ${text('story-open', { count: attempts.length })}`];
    const said = detail === undefined ? codeText(cause) : `${codeText(cause)} (${detail})`;
    return [badge('bad', text('failed')), ` ${text('story-failed', { why: said, count: whole(attempts.length) })}`];
  }
  const saved = rescuedFrom(race);
  const told = { line: won.line, ms: duration(total_ms), why: codeText(why ?? ''), count: whole(attempts.length) };
  if (saved !== undefined)
    return [badge('good', text('rescue')), ` ${text('story-rescue', { ...told, other: saved.line })}`];
  const first = attempts.find(({ remembered }) => remembered);
  if (first !== undefined && first.line !== won.line)
    return [badge('good', text('rescue')), ` ${text('story-choice', { ...told, other: first.line })}`];
  return [badge('good', text('won')), ` ${text('story-won', told)}`];
}

/** With which line it began, where another gateway has told. */
function toldOf({ told }: Race): Child[] {
  if (told === undefined) return [];
  const { line, gateway, age_ms } = told;
  return [` ${text('story-told', { line, gateway, age: age(age_ms) })}`];
}

/** Whether a target is a name, and not an address. */
const isName = (target: string): boolean => !/^(\[.*\]|[\d.]+):\d+$/.test(target);
