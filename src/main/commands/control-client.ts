// Asks the running gateway for something, on its socket for commands.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Report {
  /** 0 when the gateway has done what it was asked for, 1 when nothing has changed, or nobody answers. */
  readonly status: 0 | 1;
  /** Lines for standard output, and for standard error. */
  readonly said: readonly string[];
  readonly complaints: readonly string[];
}

/** `socket`: the path of the gateway's `control_socket`; `path`: of the command. `report` makes sense of the answer. */
export async function askGateway<Answer>(
  socket: string,
  path: string,
  timeout_ms: number,
  report: (answer: Answer) => Report,
): Promise<Report> {
  try {
    return report(JSON.parse(await post(socket, path, timeout_ms)) as Answer);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const complaint = `error: no gateway answers at ${socket}: ${message}${adviceOn(code, path.slice(1))}`;
    return { status: 1, said: [], complaints: [complaint] };
  }
}

/** Ends the sentence that no gateway answers. */
export function adviceOn(code: string | undefined, command: string): string {
  if (code === 'EACCES') return '; only the owner of the gateway may ask it';
  if (code !== 'ENOENT' && code !== 'ECONNREFUSED') return '';
  const signal = command === 'upgrade' ? 'SIGUSR1' : 'SIGHUP';
  const oldOne = `TCPROUTE_CONTROL_SOCKET=OLD tcproute ${command} -c FILE`;
  return `; if its path has changed, ${command} by ${signal}, or name the old one: ${oldOne}`;
}

/** Rejects where no gateway answers. */
export function post(socketPath: string, path: string, timeout_ms: number, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method: 'POST', timeout: timeout_ms }, (response) => {
      text(response).then(resolve, reject);
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeout_ms / 1000} s`)));
    asked.once('error', reject);
    asked.end(body);
  });
}
