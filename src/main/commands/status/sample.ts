// Asks the running gateway for all that `tcproute status` shows.
import { type AdminClient, NOT_OF_API, type NotAnswered } from '../admin/client.js';
import { Part } from '../admin/part.js';
import { STATUS_PATH } from '../admin/paths.js';
import { nextTraffic } from '../admin/traffic.js';
import { LINES } from '../lists/lines.js';

export interface Sample {
  readonly code: 'sampled';
  /** The JSON of the status. */
  readonly told: unknown;
  /** That of a second of traffic; undefined where none was told. */
  readonly traffic: unknown;
  /** Undefined where they were not told. */
  readonly lines: readonly Part[] | undefined;
}

/** What answers to this is no gateway, however it answers: an empty status would pass for one in which all is well. */
export const isStatus = (value: unknown): boolean => {
  const status = new Part(value);
  return status.text('state') !== undefined && status.text('version') !== undefined;
};

/** Takes a second, which tells the rates. */
export async function sampled(client: AdminClient): Promise<Sample | NotAnswered> {
  const answer = await client.ask(STATUS_PATH);
  if (answer.code !== 'answered') return answer;
  if (!isStatus(answer.value)) return NOT_OF_API;
  const [traffic, lines] = await Promise.all([nextTraffic(client), client.ask(LINES.path)]);
  const rows = lines.code === 'answered' ? new Part(lines.value).parts(LINES.rows) : undefined;
  return { code: 'sampled', told: answer.value, traffic, lines: rows };
}
