// Keeps the users of the judge and of all connection actors up to date: those of the configuration from the start, those of
// users_file again when it has changed. A new version that is wrong changes nothing. It judges no claim.
import { randomBytes } from 'node:crypto';
import type { Line } from '../../protocol/lines/line.js';
import { claimNotice } from '../../protocol/notices/wrong-claim.js';
import { judgedUsers, knownUsers } from '../../protocol/users/judged-users.js';
import { KEY_OCTETS, PairDigest } from '../../protocol/users/pair-digest.js';
import type { JudgedUser, KnownUser, UsersFile, UsersOptions } from '../../protocol/users/user-entry.js';
import { type Apart, runApart } from '../process/apart.js';
import { availableCores } from '../process/cores.js';
import { FileWatch } from '../process/file-watch.js';
import type { Logger } from '../process/log.js';
import type { Notices } from '../process/notices.js';
import { type ClaimNotice, UserJudge } from './judge.js';
import { verifyPassword } from './scrypt.js';
import type { ReadTask, UsersRead } from './users-read.js';

const THREAD = new URL('./read.js', import.meta.url);
/** scrypt takes a core while it runs: at most half of them, since connections need them too, and two at a time. */
const RUNNING_MAX = 2;

export interface UserKeeperParts {
  readonly users: UsersOptions;
  readonly lines: readonly Pick<Line, 'name' | 'number'>[];
  readonly log: Logger;
  readonly notices: Pick<Notices, 'tell'>;
  /** Gives users to all connection actors. */
  readonly publish: (users: readonly KnownUser[]) => Promise<void>;
}

export class UserKeeper {
  readonly judge: UserJudge;
  readonly #parts: UserKeeperParts;
  readonly #key = randomBytes(KEY_OCTETS);
  readonly #inline: readonly JudgedUser[];
  #ofFile: readonly JudgedUser[];
  #watch: FileWatch | undefined;
  #reading: Apart<UsersRead> | undefined;
  #stopped = false;

  constructor(parts: UserKeeperParts) {
    const { users, log, notices } = parts;
    const digest = new PairDigest(this.#key);
    const now = (): number => performance.now();
    const notice = ({ code, name, isUser, network }: ClaimNotice): void => {
      const isShown = isUser || log.isLevelEnabled('debug');
      notices.tell(claimNotice(code, network, isShown ? name : undefined));
    };
    this.#parts = parts;
    this.judge = new UserJudge({
      ...{ digest, verify: verifyPassword, now, notice },
      running_max: Math.max(1, Math.min(RUNNING_MAX, Math.floor(availableCores() / 2))),
    });
    this.#inline = judgedUsers(users.inline, digest);
    this.#ofFile = judgedUsers(users.file?.users ?? [], digest);
  }

  /** Publishes the users, and begins to watch their file. */
  async start(): Promise<void> {
    const { file } = this.#parts.users;
    await this.#publish();
    if (file === undefined) return;
    this.#watch = new FileWatch([file.path], () => this.#readAgain(file), file.state);
    this.#watch.start();
  }

  /** Stops watching and reading. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch?.stop();
    await this.#reading?.cancel();
  }

  async #readAgain({ path }: UsersFile): Promise<void> {
    const { lines, log } = this.#parts;
    const data: ReadTask = {
      ...{ path, inline: this.#inline.map(({ name }) => name), key: this.#key },
      lines: lines.map(({ name, number }) => ({ name, number })),
    };
    this.#reading = runApart<UsersRead>({
      ...{ thread: THREAD, data, what: 'the users were', done: 'read' },
      failed: (problem) => ({ code: 'failed', problems: [problem] }),
    });
    const read = await this.#reading.outcome;
    this.#reading = undefined;
    if (this.#stopped) return;
    if (read.code === 'failed') {
      const { problems } = read;
      log.warn({ problems }, 'the file of users has changed and cannot be used: the users stay as they were');
      return;
    }
    this.#ofFile = read.users;
    await this.#publish();
  }

  async #publish(): Promise<void> {
    const users = [...this.#inline, ...this.#ofFile];
    this.judge.set(users);
    await this.#parts.publish(knownUsers(users));
    this.#parts.log.info({ users: users.length }, 'users are in force');
  }
}
