// The line of the access log for one connection, or one flow of datagrams, that has ended, made of its record. It writes nothing. Names in it come
// from clients: none can end a line or a value, or show control characters.
import type { AccessForm } from '../protocol/log-options.js';
import type { ConnectionRecord } from '../protocol/race/record.js';
import { plainJson } from '../protocol/text/plain-text.js';
import type { FlowRecord } from '../protocol/udp/flow-record.js';

type Value = string | number | undefined;

/** Whether a value may stand in text without quotes. */
const BARE = /^[\w.:[\]/@+~-]+$/;

/** One line with its line end. Fields that the connection does not have are left out. */
export function accessLine(record: ConnectionRecord, form: AccessForm): string {
  const { client, listener, user, tag, association, race, line, address, connect_ms } = record;
  const { bytes_up, bytes_down, opened_at, duration_ms, ending } = record;
  const won = race?.winner === undefined ? undefined : race.attempts[race.winner];
  return lineOf(form, {
    level: 'info',
    time: new Date(opened_at + duration_ms).toISOString(),
    ...{ client, user, tag, listener, association },
    target: race?.target,
    ...{ line, address },
    cause: race?.cause,
    connect_ms,
    first_byte_ms: won?.answered_ms,
    ...{ bytes_up, bytes_down, duration_ms, ending },
    msg: 'access',
  });
}

/** The same for a flow of datagrams. */
export function flowLine(record: FlowRecord, form: AccessForm): string {
  const { client, user, tag, listener, kind, target, sni, line, address, cause, first_answer_ms } = record;
  const { datagrams_up, datagrams_down, bytes_up, bytes_down, opened_at, duration_ms, ending } = record;
  return lineOf(form, {
    level: 'info',
    time: new Date(opened_at + duration_ms).toISOString(),
    ...{ client, user, tag, listener, association: record.association, kind, target, sni, line, address, cause },
    ...{ first_answer_ms, datagrams_up, datagrams_down, bytes_up, bytes_down, duration_ms, ending },
    msg: 'access-udp',
  });
}

/** The line that stands in place of lines that were dropped. `why`: the code of an error. */
export function droppedAccessLine(form: AccessForm, now_ms: number, dropped: number, why?: string): string {
  const time = new Date(now_ms).toISOString();
  return lineOf(form, { level: 'warn', time, dropped, why, msg: 'lines of the access log were dropped here' });
}

function lineOf(form: AccessForm, fields: Readonly<Record<string, Value>>): string {
  if (form === 'json') return `${plainJson(JSON.stringify(fields))}\n`;
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) parts.push(`${key}=${shown(value)}`);
  return `${parts.join(' ')}\n`;
}

/** Anything unusual is a JSON string. */
function shown(value: string | number): string {
  return typeof value === 'number' || BARE.test(value) ? String(value) : plainJson(JSON.stringify(value));
}
