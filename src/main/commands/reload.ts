// `tcproute reload`: asks the running gateway for a reload, and says what came of it. It reads no configuration: the gateway does.
import type { Reloaded } from '../reload/reloading.js';
import { askGateway, type Report } from './control-client.js';

/** Compiling long lists of rules takes seconds. */
const ANSWER_MS = 120_000;

/** `socket`: the path of the gateway's `control_socket`. */
export const reloadBy = (socket: string): Promise<Report> => askGateway(socket, '/reload', ANSWER_MS, reportOf);

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
    said: [...said, ...needsRestart.map((what) => `needs an upgrade or a restart: ${what}`)],
    complaints: warnings,
  };
}
