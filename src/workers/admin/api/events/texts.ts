// What happens as server-sent events (HTML, 9.2.6), with the names of the API. Pure.

import type { ToldConnections } from '../../feed/connection-news.js';
import type { Tick } from '../../feed/feed.js';
import { shown } from '../connections/shown.js';

export const KINDS = ['traffic', 'connections', 'lines', 'log'] as const;
export type Kind = (typeof KINDS)[number];

/** Keeps a connection open through what ends silent ones. */
export const SILENCE = ':\n\n';

/** The events of a tick, of the kinds that are wanted. */
export function textOf({ at, traffic, connections, lines, log }: Tick, kinds: ReadonlySet<Kind>): string {
  let text = '';
  if (traffic !== undefined && kinds.has('traffic')) text += event('traffic', { at, ...traffic });
  if (connections !== undefined && hasNews(connections)) {
    text += event('connections', {
      at,
      opened: listOf(connections.opened),
      opened_left_out: leftOut(connections.opened),
      ended: listOf(connections.ended),
      ended_left_out: leftOut(connections.ended),
    });
  }
  if (lines !== undefined) text += event('lines', { at, lines });
  if (log !== undefined && (log.lines.length > 0 || log.left_out > 0)) text += event('log', { at, ...log });
  return text;
}

const event = (kind: Kind, data: object): string => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;

const hasNews = ({ opened, ended }: NonNullable<Tick['connections']>): boolean => opened.count + ended.count > 0;

const listOf = ({ some }: ToldConnections) => some.map(({ id, connection }) => shown(id, connection));

const leftOut = ({ count, some }: ToldConnections): number => Math.max(count - some.length, 0);
