// What a command writes for its user: results to standard output, complaints to standard error. Complaints are made safe to print.
import { plain } from '../../protocol/text/plain-text.js';

/** Writes to standard output. A closed pipe, as in `tcproute check | head -1`, is no failure. */
export async function say(text: string): Promise<0 | 1> {
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    withoutThrowing(process.stdout).write(text, resolve);
  });
  if (!error || error.code === 'EPIPE') return 0;
  complain(`error: standard output: ${error.code ?? error.message}`);
  return 1;
}

export function complain(line: string): void {
  withoutThrowing(process.stderr).write(`${plain(line)}\n`);
}

/** Adds an error handler: without one, an error of the stream ends the process. */
export function withoutThrowing(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.listenerCount('error') > 0 ? stream : stream.on('error', () => {});
}
