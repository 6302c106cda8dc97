// Bounds the wait for another thread. It cancels nothing.

export type Answer<T> =
  | { readonly code: 'answered'; readonly value: T }
  | { readonly code: 'failed'; readonly reason: string }
  | { readonly code: 'late' };

/** What `promise` comes to within `timeout_ms`; never rejects. */
export async function within<T>(timeout_ms: number, promise: Promise<T>): Promise<Answer<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer<T>>((resolve) => {
    timer = setTimeout(resolve, timeout_ms, { code: 'late' });
  });
  const outcome = promise.then(
    (value): Answer<T> => ({ code: 'answered', value }),
    (error: unknown): Answer<T> => ({ code: 'failed', reason: reasonOf(error) }),
  );
  const answer = await Promise.race([outcome, late]);
  clearTimeout(timer);
  return answer;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
