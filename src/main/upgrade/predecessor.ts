// The process whose place this one takes, as this one sees it: asks for its estate, says when this one serves, and lets it know
// what concerns both. It opens nothing and accepts no clients.
import { receiveFds } from '../../linux/pass-fds.js';
import { closeFd } from '../../linux/sockets.js';
import type { Uses } from '../../protocol/budget/usage.js';
import type { ListenPlace } from '../../protocol/listen-options.js';
import { within } from '../../threads/within.js';
import { type Failed, failed } from '../process/done.js';
import type { Reloaded } from '../reload/reloading.js';
import { type Estate, renumbered } from './estate.js';
import { CHANNEL_VARIABLE, type FromPredecessor, type FromSuccessor, PROTOCOL } from './messages.js';

/** The other process may have a million routes to write, or clients that no actor has room for. */
const ANSWER_MS = 30_000;
/** How much longer than its `drain_timeout_ms` it may take to end. */
const GRACE_MS = 2000;

type Left = { readonly code: 'left'; readonly estate: Estate } | Failed;
type Message<Kind extends FromPredecessor['kind']> = Extract<FromPredecessor, { kind: Kind }>;

const GONE = failed('the process whose place this one takes has gone, or does not answer');

export class Predecessor {
  readonly #channel: number;
  readonly #heard: FromPredecessor[] = [];
  #hear: () => void = () => {};
  /** Has `reload` called for each reload that it was or is asked for. */
  reloadBy: (reload: () => Promise<Reloaded>) => void = () => {};
  /** Called with what connections of that process have carried since it told what has been carried. */
  carried: (uses: Uses) => void = () => {};
  readonly #reloads = new Promise<() => Promise<Reloaded>>((resolve) => {
    this.reloadBy = resolve;
  });
  /** Resolves when the process has ended. */
  readonly gone: Promise<void>;

  private constructor(channel: number) {
    this.#channel = channel;
    process.on('message', (message: FromPredecessor) => {
      if (message.kind === 'carried') this.carried({ lines: message.uses, users: message.users ?? [] });
      else this.#heard.push(message);
      this.#hear();
    });
    this.gone = new Promise((resolve) => {
      process.once('disconnect', () => {
        this.#hear();
        resolve();
      });
    });
  }

  /** The process that has started this one for an upgrade, if one has. Takes its variable out of `environment`. */
  static of(environment: NodeJS.ProcessEnv): Predecessor | undefined {
    const text = environment[CHANNEL_VARIABLE];
    delete environment[CHANNEL_VARIABLE];
    if (text === undefined || !/^\d{1,4}$/.test(text) || process.send === undefined) return undefined;
    return new Predecessor(Number(text));
  }

  /** The first message of a kind; undefined when the process has ended, or does not say it in time. */
  async #first<Kind extends FromPredecessor['kind']>(kind: Kind): Promise<Message<Kind> | undefined> {
    const heard = new Promise<Message<Kind> | undefined>((resolve) => {
      this.#hear = () => {
        const found = this.#heard.find((one): one is Message<Kind> => one.kind === kind);
        if (found !== undefined || !process.connected) resolve(found);
      };
      this.#hear();
    });
    const answer = await within(ANSWER_MS, heard);
    return answer.code === 'answered' ? answer.value : undefined;
  }

  /** Calls `stop` when it says that the gateway stops. */
  follow(stop: () => void): void {
    process.on('message', ({ kind }: FromPredecessor) => {
      if (kind === 'stop') stop();
      else if (kind === 'reload') void this.#reload().then((reloaded) => this.#say({ kind: 'reloaded', reloaded }));
    });
  }

  async #reload(): Promise<Reloaded> {
    const reload = await this.#reloads;
    return reload();
  }

  /** Asks for all that it leaves. `version`: of this process. */
  async estate(version: string): Promise<Left> {
    this.#say({ kind: 'hello', protocol: PROTOCOL, version });
    const message = await this.#first('estate');
    const received = message && receiveFds(this.#channel, message.fds.length);
    closeFd(this.#channel);
    if (message === undefined || received === undefined) return GONE;
    if (received.code === 'failed') return failed(`the listening sockets were not received: ${received.error}`);
    const own = new Map(message.fds.map((fd, index) => [fd, received.fds[index] as number]));
    return { code: 'left', estate: renumbered(message.estate, (fd) => own.get(fd) as number) };
  }

  /**
   * Says that this process accepts clients, and resolves once the other one does not, or has ended. `closed`: where nobody is to
   * listen any more.
   */
  async serves(closed: readonly ListenPlace[]): Promise<void> {
    this.#say({ kind: 'serving', closed });
    await this.#first('yours');
  }

  /** Says why this process will not serve. `problems`: sentences. */
  async fails(problems: readonly string[]): Promise<void> {
    await new Promise<void>((resolve) => this.#say({ kind: 'failed', problems }, resolve));
  }

  /** This process stops: so must the other one. */
  stop(): void {
    this.#say({ kind: 'stop' });
  }

  /** Resolves when it has ended after `stop`, at the latest some time after it had to. */
  async ended(drain_timeout_ms: number): Promise<void> {
    await within(drain_timeout_ms + GRACE_MS, this.gone);
  }

  /** Files of the log were renamed. */
  reopen(): void {
    this.#say({ kind: 'reopen' });
  }

  /** `processes`: how many have been taken over from since that one. */
  age(processes: number): void {
    this.#say({ kind: 'age', processes });
  }

  #say(message: FromSuccessor, said: () => void = () => {}): void {
    if (process.connected) process.send?.(message, undefined, undefined, () => said());
    else said();
  }
}
