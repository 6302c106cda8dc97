// The next process of the gateway, as the running one sees it: starts the installed version beside itself, gives it the estate,
// and waits until it serves. A process that fails has changed nothing. It ends nothing of the running gateway: see upgrading.ts.
import { type ChildProcess, spawn } from 'node:child_process';
import { errorName } from '../../linux/error-name.js';
import { fdChannel, sendFds } from '../../linux/pass-fds.js';
import { closeFd } from '../../linux/sockets.js';
import type { Uses } from '../../protocol/budget/usage.js';
import type { ListenPlace } from '../../protocol/listen-options.js';
import { reasonOf, within } from '../../threads/within.js';
import type { Reloaded } from '../reload/reloading.js';
import { type Estate, fdsOf } from './estate.js';
import { CHANNEL_VARIABLE, type FromPredecessor, type FromSuccessor, PROTOCOL } from './messages.js';

/** For everything, from its start until it serves: its actors alone may take two minutes. */
const START_MS = 170_000;
/** How long a process that is not wanted any more may take to end by itself. */
const END_MS = 5000;
/** The same before it gets a signal. */
const ASKED_MS = 1000;
/** As the command that asks for a reload waits. */
const RELOAD_MS = 120_000;
/** fd of the channel for fds in the next process: behind standard input, output and error, and Node's own channel. */
const CHANNEL_FD = 4;

export interface SuccessorParts {
  /** Variables of the environment that it gets beside those of this process. */
  readonly variables: Readonly<Record<string, string>>;
  /** Asked for when it knows that it can use it. Its files in memory are closed when they were sent. */
  readonly estate: () => Promise<Estate>;
  /** Resolves with why the next process is not wanted any more. */
  readonly givenUp: Promise<string>;
}

/** What a process that drains is still asked for. */
export interface Orders {
  stop(): void;
  reopen(): void;
  /** So many processes have been taken over from since. */
  age(processes: number): void;
}

export type Begun =
  /** `closed`: where nobody is to listen any more. */
  | { readonly code: 'serving'; readonly successor: Successor; readonly closed: readonly ListenPlace[] }
  /** Sentences. The process has ended. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };

/** Starts it and resolves once it serves, or has ended. */
export async function beginSuccessor(parts: SuccessorParts): Promise<Begun> {
  const channel = fdChannel();
  if (typeof channel === 'number') return refused(`no channel for descriptors: ${errorName(channel)}`);
  const [own, other] = channel;
  try {
    return await new Successor(run(other, parts.variables), own).begin(parts);
  } catch (error) {
    return refused(`no process can be started: ${reasonOf(error)}`);
  } finally {
    closeFd(own);
    closeFd(other);
  }
}

const refused = (problem: string): Begun => ({ code: 'failed', problems: [problem] });

function run(channel: number, variables: Readonly<Record<string, string>>): ChildProcess {
  const env = { ...process.env, ...variables, [CHANNEL_VARIABLE]: String(CHANNEL_FD) };
  // By its path, at which another version may have been installed.
  const argv = [...process.execArgv, ...process.argv.slice(1)];
  return spawn(process.execPath, argv, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc', channel] });
}

export class Successor {
  readonly #child: ChildProcess;
  readonly #channel: number;
  readonly #ended: Promise<string>;
  /** Those who wait for what comes of a reload. */
  readonly #reloads: ((reloaded: Reloaded) => void)[] = [];
  #version = '';

  constructor(child: ChildProcess, channel: number) {
    this.#child = child;
    this.#channel = channel;
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(`it could not be started: ${error.message}`));
      child.once('exit', (status, signal) => resolve(howEnded(status, signal)));
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get version(): string {
    return this.#version;
  }

  async begin({ estate, givenUp }: SuccessorParts): Promise<Begun> {
    const served = this.#hears(estate);
    const gone = this.#ended.then((why) => refused(`the next process does not serve: ${why}`));
    const unwanted = givenUp.then(refused);
    const first = await within(START_MS, Promise.race([served, gone, unwanted]));
    if (first.code === 'answered' && first.value.code === 'serving') return first.value;
    await this.#end();
    if (first.code === 'answered') return first.value;
    const late = `the next process does not serve within ${START_MS / 1000} s`;
    return refused(first.code === 'failed' ? first.reason : late);
  }

  /** Resolves with what it says in the end. */
  #hears(estate: () => Promise<Estate>): Promise<Begun> {
    return new Promise((resolve, reject) => {
      const told = (begun: Begun | undefined): void => begun && resolve(begun);
      this.#child.on('message', (message: FromSuccessor) => {
        if (message.kind === 'hello') this.#greeted(message, estate).then(told, reject);
        else if (message.kind === 'failed') resolve({ code: 'failed', problems: message.problems });
        else if (message.kind === 'serving') resolve({ code: 'serving', successor: this, closed: message.closed });
      });
    });
  }

  /** Gives it the estate, or resolves with why not. */
  async #greeted(
    { protocol, version }: Extract<FromSuccessor, { kind: 'hello' }>,
    estateOf: () => Promise<Estate>,
  ): Promise<Begun | undefined> {
    this.#version = version;
    if (protocol !== PROTOCOL) {
      const ways = `${protocol}, not ${PROTOCOL}`;
      return refused(
        `version ${version} takes over in another way than this one (${ways}): stop and start the gateway`,
      );
    }
    const estate = await estateOf();
    const fds = fdsOf(estate);
    const sent = sendFds(this.#channel, fds);
    for (const file of [estate.routes, estate.evidence]) if (file !== undefined) closeFd(file);
    if (sent < 0) return refused(`the listening sockets cannot be passed: ${errorName(sent)}`);
    this.#say({ kind: 'estate', estate, fds });
    return undefined;
  }

  #say(message: FromPredecessor): void {
    // It may have died, which its end tells.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Says that this process accepts and writes no more. */
  giveAll(): void {
    this.#say({ kind: 'yours' });
  }

  /** Lets it know what connections of this process have carried. */
  carried({ lines, users }: Uses): void {
    this.#say({ kind: 'carried', uses: lines, users });
  }

  /** Calls `orders` when it asks for that. */
  follow(orders: Orders): void {
    this.#child.on('message', (message: FromSuccessor) => {
      if (message.kind === 'stop') orders.stop();
      else if (message.kind === 'reopen') orders.reopen();
      else if (message.kind === 'age') orders.age(message.processes);
      else if (message.kind === 'reloaded') this.#reloads.shift()?.(message.reloaded);
    });
  }

  /** Has it end with its last connection. */
  stop(): void {
    this.#say({ kind: 'stop' });
  }

  /** Has it reload. Resolves with what came of it. */
  async reload(): Promise<Reloaded> {
    const answer = new Promise<Reloaded>((resolve) => this.#reloads.push(resolve));
    this.#say({ kind: 'reload' });
    const told = await within(RELOAD_MS, Promise.race([answer, this.#ended]));
    if (told.code === 'answered' && typeof told.value !== 'string') return told.value;
    return { code: 'refused', problems: [`process ${this.pid} has taken over, and does not answer`], warnings: [] };
  }

  async #end(): Promise<void> {
    if (this.#child.pid === undefined) return;
    this.stop();
    if ((await within(ASKED_MS, this.#ended)).code !== 'answered') this.#child.kill('SIGTERM');
    if ((await within(END_MS, this.#ended)).code !== 'answered') this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

function howEnded(status: number | null, signal: NodeJS.Signals | null): string {
  const how = signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`;
  return `${how}; its lines in the log or on standard error say why`;
}
