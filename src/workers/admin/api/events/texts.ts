// What happens as server-sent events (HTML, 9.2.6), with the names of the API. Pure.

import type { Tick } from '../../feed/feed.js';
import type { ToldNews, ToldOf } from '../../feed/news.js';
import { shown } from '../connections/shown.js';
import { shown as shownFlow } from '../flows/shown.js';

export const KINDS = ['traffic', 'connections', 'flows', 'lines', 'log'] as const;
export type Kind = (typeof KINDS)[number];

/** Keeps a connection open through what ends silent ones. */
export const SILENCE = ':\n\n';

/** The events of a tick, of the kinds that are wanted. */
export function textOf({ at, traffic, connections, flows, lines, log }: Tick, kinds: ReadonlySet<Kind>): string {
  let text = '';
  if (traffic !== undefined && kinds.has('traffic')) text += event('traffic', { at, ...traffic });
  if (connections !== undefined && hasNews(connections)) {
    text += event('connections', { at, ...newsOf(connections, ({ id, one }) => shown(id, one)) });
  }
  if (flows !== undefined && hasNews(flows)) {
    text += event('flows', { at, ...newsOf(flows, ({ id, one }) => shownFlow(id, one)) });
  }
  if (lines !== undefined) text += event('lines', { at, lines });
  if (log !== undefined && (log.lines.length > 0 || log.left_out > 0)) text += event('log', { at, ...log });
  return text;
}

const event = (kind: Kind, data: object): string => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;

const hasNews = ({ opened, ended }: ToldNews<unknown>): boolean => opened.count + ended.count > 0;

function newsOf<One>({ opened, ended }: ToldNews<One>, show: (told: ToldOf<One>['some'][number]) => object) {
  return {
    opened: opened.some.map(show),
    opened_left_out: leftOut(opened),
    ended: ended.some.map(show),
    ended_left_out: leftOut(ended),
  };
}

const leftOut = ({ count, some }: ToldOf<unknown>): number => Math.max(count - some.length, 0);
