// Headless Chromium over the pipe of its DevTools protocol. It tells the text of a page, and names a user where a proxy asks for
// one, which its command line cannot. It is no library for browsers: one page, one visit after the other.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Credentials } from './proxies.js';

/** It asks nobody but the sites that it visits. */
export const QUIET = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--ignore-certificate-errors', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

type Values = Readonly<Record<string, unknown>>;

/** A command's answer has its id, an event has a method. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Values;
  readonly result?: Values;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (values: Values) => void;
  readonly reject: (error: Error) => void;
}

export class Chromium {
  /** How often a proxy has asked who the user is. */
  asked = 0;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #credentials: Credentials;
  readonly #answers = new Map<number, Waiting>();
  readonly #events = new Map<string, (values: Values) => void>();
  /** Requests for which the user has been named. */
  readonly #named = new Set<unknown>();
  #commands = 0;
  #session: string | undefined;

  private constructor(child: ChildProcess, profile: string, credentials: Credentials) {
    this.#child = child;
    this.#credentials = credentials;
    const abandon = () => killGroup(child);
    process.once('exit', abandon);
    this.#exited = once(child, 'close').then(() => {
      process.off('exit', abandon);
      // Its other processes may still write to the profile.
      abandon();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
      for (const { reject } of this.#answers.values()) reject(new Error('Chromium has ended'));
    });
    let held = '';
    this.#pipe<Readable>(4)
      .setEncoding('utf8')
      .on('data', (text: string) => {
        const messages = `${held}${text}`.split('\0');
        held = messages.pop() ?? '';
        for (const message of messages) this.#hear(JSON.parse(message) as Message);
      });
    this.#pipe<Writable>(3).on('error', () => {});
  }

  /** `proxy`: its URL. `credentials`: whom it names where the proxy asks. */
  static async start(proxy: string, credentials: Credentials): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    const flags = [...QUIET, '--remote-debugging-pipe', `--user-data-dir=${profile}`, `--proxy-server=${proxy}`];
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const;
    const chromium = new Chromium(
      spawn('chromium', flags, { stdio: [...stdio], detached: true }),
      profile,
      credentials,
    );
    const { targetId } = await chromium.#ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await chromium.#ask('Target.attachToTarget', { targetId, flatten: true });
    chromium.#session = String(sessionId);
    await chromium.#ask('Fetch.enable', { handleAuthRequests: true });
    await chromium.#ask('Page.enable');
    return chromium;
  }

  /** The text of the page at a URL, as a reader sees it. */
  async textOf(url: string): Promise<string> {
    const loaded = new Promise((resolve) => this.#events.set('Page.loadEventFired', resolve));
    const { errorText } = await this.#ask('Page.navigate', { url });
    if (errorText !== undefined) throw new Error(String(errorText));
    await loaded;
    const { result } = await this.#ask('Runtime.evaluate', { expression: 'document.documentElement.innerText' });
    return String((result as Values)['value']);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  #pipe<Stream extends Readable | Writable>(fd: 3 | 4): Stream {
    return this.#child.stdio[fd] as Stream;
  }

  #ask(method: string, params: Values = {}): Promise<Values> {
    this.#commands += 1;
    const id = this.#commands;
    const message = { id, method, params, ...(this.#session === undefined ? {} : { sessionId: this.#session }) };
    this.#pipe<Writable>(3).write(`${JSON.stringify(message)}\0`);
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
  }

  #hear({ id, method, params = {}, result = {}, error }: Message): void {
    if (id !== undefined) {
      const waiting = this.#answers.get(id);
      this.#answers.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
    } else if (method === 'Fetch.requestPaused')
      this.#tell('Fetch.continueRequest', { requestId: params['requestId'] });
    else if (method === 'Fetch.authRequired') this.#nameUser(params['requestId']);
    else this.#events.get(method ?? '')?.(params);
  }

  /** Once for a request: who is asked again was refused. */
  #nameUser(requestId: unknown): void {
    this.asked += 1;
    const response = this.#named.has(requestId) ? 'CancelAuth' : 'ProvideCredentials';
    this.#named.add(requestId);
    const user = response === 'CancelAuth' ? {} : this.#credentials;
    this.#tell('Fetch.continueWithAuth', { requestId, authChallengeResponse: { response, ...user } });
  }

  /** Whether it is heard does not matter: what waits for it waits for the page. */
  #tell(method: string, params: Values): void {
    this.#ask(method, params).catch(() => {});
  }
}

/** Ends the process and all that it has started. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // None of them is left.
  }
}
