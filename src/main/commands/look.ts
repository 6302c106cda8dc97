// The commands that look at the running gateway over its admin API. What they show is decided in status/, lists/,
// fleet/ and top/.
import type { AdminOptions } from '../../protocol/admin-options.js';
import { plainJson } from '../../protocol/text/plain-text.js';
import { AdminClient, NOT_OF_API } from './admin/client.js';
import { complaintOf, STATUS } from './admin/complaint.js';
import type { Failing, Looked } from './admin/looked.js';
import type { ListCommand, Look } from './admin/looks.js';
import { Part } from './admin/part.js';
import { FLEET_PATH } from './admin/paths.js';
import { findAdmin } from './admin/place.js';
import { fleetText, isShared, isUp } from './fleet/text.js';
import { type Asked, listOf, queryOf } from './lists/asked.js';
import { listed, listText, ROWS_MAX } from './lists/list.js';
import { wrongIn } from './status/overview.js';
import { sampled } from './status/sample.js';
import { statusText } from './status/text.js';
import { top } from './top/top.js';

/** What the command line says. */
export interface LookAsked extends Asked {
  readonly admin?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly json?: boolean | undefined;
  readonly limit?: string | undefined;
}

/** `configured`: `admin` of the configuration; undefined where none was read. `width`: of the terminal, infinite for none. */
export async function look(
  command: Look,
  asked: LookAsked,
  configured: AdminOptions | undefined,
  width: number,
): Promise<Looked> {
  const found = findAdmin({ admin: asked.admin, token_file: asked['token-file'] }, configured);
  if (found.code === 'none') return { status: STATUS.wrong, complaint: found.why };
  const client = new AdminClient(found.place, found.token);
  const failed: Failing = (answer) => complaintOf(answer, found.place, found.token !== null);
  try {
    if (command === 'status') return await lookAtStatus(client, asked, width, failed);
    if (command === 'top') return await top(client, failed);
    if (command === 'fleet') return await lookAtFleet(client, asked, width, failed);
    return await lookAtList(client, command, asked, width, failed);
  } finally {
    client.close();
  }
}

async function lookAtStatus(client: AdminClient, { json }: LookAsked, width: number, failed: Failing): Promise<Looked> {
  const sample = await sampled(client);
  if (sample.code !== 'sampled') return failed(sample);
  const { told, traffic, lines } = sample;
  const wrong = wrongIn(new Part(told));
  const status = wrong.length === 0 ? STATUS.well : STATUS.wrong;
  if (json) {
    const sentences = wrong.map(({ sentence }) => sentence);
    return { status, said: asJson({ ...(told as object), traffic: traffic ?? null, wrong: sentences }) };
  }
  const heard = traffic === undefined ? undefined : new Part(traffic);
  return { status, said: asText(statusText(new Part(told), lines, heard, Date.now(), width)) };
}

async function lookAtFleet(client: AdminClient, { json }: LookAsked, width: number, failed: Failing): Promise<Looked> {
  const answer = await client.ask(FLEET_PATH);
  if (answer.code !== 'answered') return failed(answer);
  const fleet = new Part(answer.value);
  if (!fleet.has('gateways') && !isShared(fleet)) return failed(NOT_OF_API);
  const status = isUp(fleet) ? STATUS.well : STATUS.wrong;
  if (json) return { status, said: asJson(answer.value as object) };
  if (!isShared(fleet))
    return { status, complaint: 'the gateway shares nothing with others: its configuration has no share.url' };
  return { status, said: asText(fleetText(fleet, width)) };
}

async function lookAtList(
  client: AdminClient,
  command: ListCommand,
  asked: LookAsked,
  width: number,
  failed: Failing,
): Promise<Looked> {
  const list = listOf(command, asked);
  const most = asked.limit === undefined ? ROWS_MAX : Number(asked.limit);
  const answer = await listed(client, list, queryOf(command, asked), most);
  if (answer.code !== 'listed') return failed(answer);
  const { rows, rest, isWhole } = answer;
  if (asked.json) return { status: STATUS.well, said: asJson({ [list.rows]: rows, ...rest }) };
  const more = isWhole ? [] : ['there are more: --limit takes another number'];
  return { status: STATUS.well, said: asText([...listText(list, rows, width), ...more]) };
}

const asText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const asJson = (value: object): string => `${plainJson(JSON.stringify(value, null, 2))}\n`;
