// An upgrade: has the next process started, and once that serves, gives everything away that is one process's only. A failure
// leaves all as it was. The connections that are open then are gateway/run.ts's matter.
import type { ListenPlace } from '../../protocol/listen-options.js';
import { ownVersion } from '../process/own-version.js';
import type { Estate } from './estate.js';
import { beginSuccessor, type Successor, type SuccessorParts } from './successor.js';

export type Upgraded =
  /** `pid`: of the process that serves now. `from` and `to`: versions. */
  | { readonly code: 'upgraded'; readonly pid: number; readonly from: string; readonly to: string }
  /** Nothing has changed. `problems`: sentences. */
  | { readonly code: 'refused'; readonly problems: readonly string[] };

export interface UpgradingParts extends Pick<SuccessorParts, 'variables' | 'givenUp'> {
  /** Whether there is a service manager that hears of the next process. */
  readonly tellsManager: boolean;
  readonly estate: () => Promise<Estate>;
  /** Resolves once this process accepts no clients and writes no state files. `closed`: where nobody is to listen any more. */
  readonly retire: (closed: readonly ListenPlace[]) => Promise<void>;
  /** Called then. */
  readonly retired: (successor: Successor) => void;
}

export class Upgrading {
  readonly #parts: UpgradingParts;
  /** Read now: the files of another version may take the place of this one's. */
  readonly #version = ownVersion();
  #isUnderWay = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: UpgradingParts) {
    this.#parts = parts;
  }

  /** Resolves when none is under way. */
  get settled(): Promise<unknown> {
    return this.#last;
  }

  async upgrade(): Promise<Upgraded> {
    const unfit = whyUnfit(process.env, this.#parts.tellsManager);
    if (unfit !== undefined) return refused(unfit);
    if (this.#isUnderWay) return refused('an upgrade is under way');
    this.#isUnderWay = true;
    const upgraded = this.#once();
    this.#last = upgraded;
    return upgraded;
  }

  async #once(): Promise<Upgraded> {
    const { variables, estate, givenUp, retire, retired } = this.#parts;
    const begun = await beginSuccessor({ variables, estate, givenUp });
    if (begun.code === 'failed') {
      this.#isUnderWay = false;
      return { code: 'refused', problems: begun.problems };
    }
    const { successor, closed } = begun;
    await retire(closed);
    retired(successor);
    return { code: 'upgraded', pid: successor.pid, from: this.#version, to: successor.version };
  }
}

const refused = (problem: string): Upgraded => ({ code: 'refused', problems: [problem] });

/** Why the end of this process would be the end of the next one, too. */
function whyUnfit(environment: NodeJS.ProcessEnv, tellsManager: boolean): string | undefined {
  if (process.pid === 1) {
    return 'this is process 1 of its container, which ends with it: start a container of the new version beside it';
  }
  // systemd.exec(5): it is the process that the unit began with, and not set so for the children of that.
  const isOfUnit = environment['SYSTEMD_EXEC_PID'] === String(process.pid);
  if (!isOfUnit || tellsManager) return undefined;
  return 'the systemd unit ends with this process, since it does not hear of the next one: give it "Type=notify-reload" or "Type=notify"';
}
