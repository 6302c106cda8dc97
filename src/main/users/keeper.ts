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

type KeptLines = readonly Pick<Line, 'name' | 'number'>[];

export interface UserKeeperParts {
  /** Undefined where none are configured. */
  readonly users: UsersOptions | undefined;
  readonly lines: KeptLines;
  readonly log: Logger;
  readonly notices: Pick<Notices, 'tell'>;
  /** Gives users to all connection actors. */
  readonly publish: (users: readonly KnownUser[]) => Promise<void>;
}

export class UserKeeper {
  readonly judge: UserJudge;
  readonly #parts: UserKeeperParts;
  readonly #key = randomBytes(KEY_OCTETS);
  readonly #digest = new PairDigest(this.#key);
  #file: UsersFile | undefined;
  #lines: KeptLines = [];
  #inline: readonly JudgedUser[] = [];
  #ofFile: readonly JudgedUser[] = [];
  #watch: FileWatch | undefined;
  #reading: Apart<UsersRead> | undefined;
  #stopped = false;

  constructor(parts: UserKeeperParts) {
    const { users, lines, log, notices } = parts;
    const now = (): number => performance.now();
    const notice = ({ code, name, isUser, network }: ClaimNotice): void => {
      const isShown = isUser || log.isLevelEnabled('debug');
      notices.tell(claimNotice(code, network, isShown ? name : undefined));
    };
    this.#parts = parts;
    this.judge = new UserJudge({
      ...{ digest: this.#digest, verify: verifyPassword, now, notice },
      running_max: Math.max(1, Math.min(RUNNING_MAX, Math.floor(availableCores() / 2))),
    });
    this.#take(users, lines);
  }

  /** Publishes the users, and begins to watch their file. */
  async start(): Promise<void> {
    await this.#publish();
    this.#startWatching();
  }

  /**
   * Judges by other users from now on. What is remembered of those that stay is kept. The caller publishes them: gives what
   * actors get to know of them.
   */
  async replace(users: UsersOptions | undefined, lines: KeptLines): Promise<readonly KnownUser[] | undefined> {
    // First, so that a reading of the file that ends now is not taken for one of these.
    this.#take(users, lines);
    await this.#stopWatching();
    this.#startWatching();
    const all = this.#inForce();
    return users === undefined ? undefined : knownUsers(all);
  }

  #take(users: UsersOptions | undefined, lines: KeptLines): void {
    this.#file = users?.file;
    this.#lines = lines;
    this.#inline = judgedUsers(users?.inline ?? [], this.#digest);
    this.#ofFile = judgedUsers(users?.file?.users ?? [], this.#digest);
  }

  #startWatching(): void {
    const file = this.#file;
    if (file === undefined || this.#stopped) return;
    this.#watch = new FileWatch([file.path], () => this.#readAgain(file), file.state);
    this.#watch.start();
  }

  async #stopWatching(): Promise<void> {
    this.#watch?.stop();
    this.#watch = undefined;
    await this.#reading?.cancel();
  }

  /** Stops watching and reading. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#stopWatching();
  }

  async #readAgain(file: UsersFile): Promise<void> {
    const { path } = file;
    const { log } = this.#parts;
    const data: ReadTask = {
      ...{ path, inline: this.#inline.map(({ name }) => name), key: this.#key },
      lines: this.#lines.map(({ name, number }) => ({ name, number })),
    };
    this.#reading = runApart<UsersRead>({
      ...{ thread: THREAD, data, what: 'the users were', done: 'read' },
      failed: (problem) => ({ code: 'failed', problems: [problem] }),
    });
    const read = await this.#reading.outcome;
    this.#reading = undefined;
    // Other users have taken their place meanwhile.
    if (this.#stopped || this.#file !== file) return;
    if (read.code === 'failed') {
      const { problems } = read;
      log.warn({ problems }, 'the file of users has changed and cannot be used: the users stay as they were');
      return;
    }
    this.#ofFile = read.users;
    await this.#publish();
  }

  async #publish(): Promise<void> {
    await this.#parts.publish(knownUsers(this.#inForce()));
  }

  #inForce(): readonly JudgedUser[] {
    const users = [...this.#inline, ...this.#ofFile];
    this.judge.set(users);
    this.#parts.log.info({ users: users.length }, 'users are in force');
    return users;
  }
}
