// Bounds the wait for another thread, without counting the time during which the process was stopped. It cancels nothing.

/** The outcome of a bounded wait. */
export type Within<T> =
  | { readonly code: 'answered'; readonly value: T }
  | { readonly code: 'failed'; readonly reason: string }
  | { readonly code: 'late' };

/** Parts of a wait, each with its own end. */
const PARTS = 8;
/** A part that ends this much too late does not count: the process was stopped, or the machine suspended. */
const AWAY_MS = 1000;
/** Late parts that do not count; further ones do, so that every wait ends. */
const PARDONS = 4;
let underWay = 0;

/** Whether a bounded wait is under way: a thread that sleeps for long meanwhile would end it late. */
export const isWaiting = (): boolean => underWay > 0;

/** As if a bounded wait were under way until the returned function is called, once: for a timer that may not be late. */
export function keepTimersExact(): () => void {
  underWay += 1;
  return () => {
    underWay -= 1;
  };
}

/** Waits for `promise`, at most `timeout_ms`: its value, the reason of its rejection, or `late`. Never rejects. */
export async function within<T>(timeout_ms: number, promise: Promise<T>): Promise<Within<T>> {
  let forget = (): void => {};
  const late = new Promise<Within<T>>((resolve) => {
    forget = after(timeout_ms, () => resolve({ code: 'late' }));
  });
  const outcome = promise.then(
    (value): Within<T> => ({ code: 'answered', value }),
    (error: unknown): Within<T> => ({ code: 'failed', reason: reasonOf(error) }),
  );
  const answer = await Promise.race([outcome, late]);
  forget();
  return answer;
}

/** Calls `late` after `timeout_ms`, not counting the time during which the process was stopped. Returns its cancellation. */
export function after(timeout_ms: number, late: () => void): () => void {
  const part_ms = timeout_ms / PARTS;
  let due = performance.now() + part_ms;
  let left = PARTS;
  let pardons = PARDONS;
  let isOver = false;
  const end = (): void => {
    clearInterval(timer);
    if (!isOver) underWay -= 1;
    isOver = true;
  };
  underWay += 1;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - due > AWAY_MS && pardons > 0) pardons -= 1;
    else left -= 1;
    due = now + part_ms;
    if (left > 0) return;
    end();
    late();
  }, part_ms);
  return end;
}

/** The message of an error, or the thrown value as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
