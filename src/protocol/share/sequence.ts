// The numbers of a gateway's messages. They grow by the clock of the engine, in thousandths of its milliseconds, so that they go on
// after a restart of the gateway, and say when a message was made.

const IN_A_MS = 1000;
/** A message that waited longer for its way to the engine, or is there once more, is not believed. */
export const TOLD_WITHIN_MS = 10_000;

/** The number of the next message. An engine whose clock has gone back, as after a failover, begins anew. */
export function nextSequence(previous: number | undefined, engine_now_ms: number): number {
  const now = Math.floor(engine_now_ms) * IN_A_MS;
  return previous === undefined || isAhead(previous, engine_now_ms) ? now : Math.max(now, previous + 1);
}

/** When a message with the number was made, by the clock of the engine. */
export const toldAt = (sequence: number): number => Math.floor(sequence / IN_A_MS);

/** Whether a number is of a clock that has been ahead of this one. */
export const isAhead = (sequence: number, engine_now_ms: number): boolean =>
  toldAt(sequence) > engine_now_ms + TOLD_WITHIN_MS;
