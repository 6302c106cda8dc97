// What a view is, and what all of them get.
import type { Api } from '../api/client.js';
import { type Child, el } from '../dom/element.js';
import type { Notices } from '../dom/notices.js';
import type { Live } from './live.js';

export interface View {
  readonly element: HTMLElement;
  /** Ends its timers. */
  stop(): void;
}

export interface Page {
  readonly api: Api;
  readonly notices: Notices;
  readonly live: Live;
}

/** `rest`: what stands behind the name of the view in the address, such as the id of a connection. */
export type MakeView = (page: Page, rest: string) => View;

/** The frame of each view: its title, which gets the focus when the view is opened, what stands beside it, and its trouble. */
export function frame(title: string, beside: readonly Child[], ...children: readonly Child[]) {
  const trouble = el('p', { class: 'trouble', hidden: true, role: 'status' });
  const element = el(
    'main',
    { id: 'view' },
    el('header', { class: 'view-head' }, el('h1', { tabindex: -1 }, title), ...beside),
    trouble,
    ...children,
  );
  return {
    element,
    /** Says what is wrong with the view as a whole; undefined: nothing. */
    trouble(said: string | undefined): void {
      trouble.hidden = said === undefined;
      if (trouble.textContent !== (said ?? '')) trouble.textContent = said ?? '';
    },
  };
}

export const panel = (title: string, ...children: readonly Child[]): HTMLElement =>
  el('section', { class: 'panel' }, el('h2', {}, title), ...children);

/** Names with their values. */
export function facts(pairs: readonly (readonly [name: string, value: Child | readonly Child[]])[]): HTMLElement {
  const rows = pairs.map(([name, value]) =>
    el('div', {}, el('dt', {}, name), el('dd', {}, ...(Array.isArray(value) ? value : [value as Child]))),
  );
  return el('dl', { class: 'facts' }, ...rows);
}

export const badge = (kind: 'good' | 'warn' | 'bad' | 'plain' | 'accent', said: string): HTMLElement =>
  el('span', { class: `badge ${kind}` }, said);

export const button = (said: string, act: () => void, kind = ''): HTMLButtonElement =>
  el('button', { type: 'button', class: kind, onclick: act }, said);

/** A field with its name above it. */
export function field(name: string, input: HTMLInputElement | HTMLSelectElement, kind = ''): HTMLElement {
  return el('label', { class: `field ${kind}`.trim() }, el('span', {}, name), input);
}

export function choice(options: readonly (readonly [value: string, name: string])[], chosen = ''): HTMLSelectElement {
  const all = options.map(([value, name]) => el('option', { value, selected: value === chosen }, name));
  return el('select', {}, ...all);
}
