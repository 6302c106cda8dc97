// `tcproute upgrade`: asks the running gateway to let the installed version take over, and says what came of it.
import type { Upgraded } from '../upgrade/upgrading.js';
import { askGateway, type Report } from './control-client.js';

/** Longer than the gateway waits for the other process. */
const ANSWER_MS = 240_000;

/** `socket`: the path of the gateway's `control_socket`. */
export const upgradeBy = (socket: string): Promise<Report> => askGateway(socket, '/upgrade', ANSWER_MS, reportOf);

function reportOf(upgraded: Upgraded): Report {
  if (upgraded.code === 'refused') {
    const complaints = upgraded.problems.map((problem) => `error: ${problem}`);
    return { status: 1, said: [], complaints: [...complaints, 'nothing has changed'] };
  }
  const { pid, from, to } = upgraded;
  const versions = from === to ? `version ${to}` : `version ${to} (before: ${from})`;
  const drains = 'the process before it ends with its last connection';
  return { status: 0, said: [`process ${pid} serves: ${versions}`, drains], complaints: [] };
}
