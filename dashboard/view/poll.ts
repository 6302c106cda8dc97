// Asks again and again, while the page is seen. One question is under way at a time.
import type { Answered } from '../api/client.js';
import { text } from '../text/language.js';

export interface Poll {
  /** Asks at once, also while an answer is awaited: that one is dropped. */
  now(): void;
  stop(): void;
}

/** `trouble`: gets what is wrong, and undefined when all is well. */
export function poll<Value>(
  every_ms: number,
  ask: () => Promise<Answered<Value>>,
  draw: (value: Value) => void,
  trouble: (said: string | undefined) => void,
): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round = 0;
  let isStopped = false;

  const next = async (): Promise<void> => {
    clearTimeout(timer);
    round += 1;
    const own = round;
    const answer = await ask();
    if (isStopped || own !== round) return;
    if (answer.kind === 'answer') {
      trouble(undefined);
      draw(answer.value);
    } else if (answer.kind !== 'token') trouble(troubleOf(answer));
    if (answer.kind !== 'token' && !document.hidden) timer = setTimeout(() => void next(), every_ms);
  };
  const seen = (): void => {
    if (!document.hidden) void next();
  };
  document.addEventListener('visibilitychange', seen);
  void next();
  return {
    now: () => void next(),
    stop() {
      isStopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

/** In words, of an answer that is none. */
export function troubleOf(answer: Exclude<Answered<unknown>, { kind: 'answer' }>): string {
  if (answer.kind === 'refused') return text('refused-because', { why: answer.error });
  return answer.kind === 'away' ? text('gateway-away') : text('token-wanted');
}
