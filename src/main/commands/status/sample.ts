// Asks the running gateway for all that `tcproute status` shows.
import type { AdminClient, NotAnswered } from '../admin/client.js';
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

/** Takes a second, which tells the rates. */
export async function sampled(client: AdminClient): Promise<Sample | NotAnswered> {
  const answer = await client.ask(STATUS_PATH);
  if (answer.code !== 'answered') return answer;
  const [traffic, lines] = await Promise.all([nextTraffic(client), client.ask(LINES.path)]);
  const rows = lines.code === 'answered' ? new Part(lines.value).parts(LINES.rows) : undefined;
  return { code: 'sampled', told: answer.value, traffic, lines: rows };
}
