// An answer that goes on until one side ends it. It holds a place of those that hear, or a timer, so nothing begins where nobody would
// read it: HEAD is answered with the headers alone, and the body of an answer to it would never be read nor ended.
import type { Context } from 'hono';

/** False: too much waits for the client, or it has gone. */
export type Say = (text: string) => boolean;

export interface Lasting {
  readonly headers: Readonly<Record<string, string>>;
  /** What may wait for the client. */
  readonly waiting_bytes_max: number;
  /** What is said at once. */
  readonly greeting?: string;
  /** Begins to tell, and returns what ends it; undefined where too many hear already. `giveUp` ends the answer as a broken one. */
  begin(say: Say, giveUp: (why: string) => void): (() => void) | undefined;
}

/** Undefined where too many hear already. */
export function lasting(
  context: Context,
  { headers, waiting_bytes_max, greeting, begin }: Lasting,
): Response | undefined {
  if (context.req.method === 'HEAD') return context.body(null, 200, { ...headers });
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isOver = false;
  let end: (() => void) | undefined;
  const over = (): void => {
    isOver = true;
    end?.();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own;
        if (greeting !== undefined) own.enqueue(encoder.encode(greeting));
      },
      cancel: over,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: waiting_bytes_max }),
  );
  const say: Say = (text) => {
    if (isOver || (controller?.desiredSize ?? 0) <= 0) return false;
    controller?.enqueue(encoder.encode(text));
    return true;
  };
  end = begin(say, (why) => {
    over();
    controller?.error(new Error(why));
  });
  return end === undefined ? undefined : context.body(body, 200, { ...headers });
}
