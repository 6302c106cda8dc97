// What another actor says, within a time, or why there is no answer.
import { within } from '../../../threads/within.js';
import { type Refusal, refused } from './endpoint.js';

/** For an answer that an actor has at once. */
const ANSWER_MS = 2000;

export type Told<T> = { readonly code: 'told'; readonly value: T } | Refusal;

/** `who`: for people, such as `the DNS actor`. `asked`: undefined where it is being started again. */
export async function told<Asked extends Promise<unknown>>(
  who: string,
  asked: Asked | undefined,
  timeout_ms = ANSWER_MS,
): Promise<Told<Awaited<Asked>>> {
  if (asked === undefined) return refused(503, `${who} is being started again`);
  const answer = await within<Awaited<Asked>>(timeout_ms, asked as Promise<Awaited<Asked>>);
  if (answer.code === 'answered') return { code: 'told', value: answer.value };
  if (answer.code === 'late') return refused(503, `${who} did not answer in ${timeout_ms / 1000} s`);
  return refused(503, `${who} failed: ${answer.reason}`);
}
