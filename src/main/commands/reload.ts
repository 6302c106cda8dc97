// `tcproute reload`: asks the running gateway for a reload, and says what came of it. It reads no configuration: the gateway does.
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Reloaded } from '../reload/reloading.js';

/** Compiling long lists of rules takes seconds. */
const ANSWER_MS = 120_000;

export interface Report {
  /** 0 when the gateway runs on the configuration, 1 when nothing has changed since it is wrong, or nobody answers. */
  readonly status: 0 | 1;
  /** Lines for standard output, and for standard error. */
  readonly said: readonly string[];
  readonly complaints: readonly string[];
}

/** `path`: of the gateway's `control_socket`. */
export async function reloadBy(path: string): Promise<Report> {
  try {
    return reportOf(JSON.parse(await post(path, '/reload')) as Reloaded);
  } catch (error) {
    return { status: 1, said: [], complaints: [`error: no gateway answers at ${path}: ${(error as Error).message}`] };
  }
}

function post(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method: 'POST', timeout: ANSWER_MS }, (response) => {
      text(response).then(resolve, reject);
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)));
    asked.once('error', reject);
    asked.end();
  });
}

function reportOf(reloaded: Reloaded): Report {
  const warnings = reloaded.warnings.map((warning) => `warning: ${warning}`);
  if (reloaded.code === 'refused') {
    const complaints = [...warnings, ...reloaded.problems.map((problem) => `error: ${problem}`)];
    return { status: 1, said: [], complaints: [...complaints, 'nothing has changed'] };
  }
  const { changed, needsRestart } = reloaded;
  const said = changed.map((what) => `changed: ${what}`);
  if (changed.length === 0) said.push('nothing has changed');
  return {
    status: 0,
    said: [...said, ...needsRestart.map((what) => `needs a restart: ${what}`)],
    complaints: warnings,
  };
}
