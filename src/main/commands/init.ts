// `tcproute init`: asks on a terminal what the gateway is for, or is told by options, and writes a first configuration. It
// overwrites a file only where that is asked for, and writes nothing that `tcproute check` would refuse.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, userInfo } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { isUserName, NAME_ALLOWED } from '../../protocol/users/credentials.js';
import { formatPhc } from '../../protocol/users/phc.js';
import { hashPassword } from '../users/scrypt.js';
import { type Answers, configurationText, isLoopback, type Kind, PRIVATE_NETWORKS } from './init-text.js';
import { newHash } from './passwd.js';

export interface InitAsked {
  /** Undefined: it is asked for. */
  readonly kind: Kind | undefined;
  readonly file: string;
  readonly force: boolean;
  readonly port: string;
}

interface Surroundings {
  readonly input: ReadStream;
  /** For questions. */
  readonly terminal: WriteStream;
  /** What `tcproute check` says of a file. */
  check(file: string): { readonly errors: readonly string[]; readonly warnings: readonly string[] };
}

export type Initialised =
  /** `next`: what to do now. */
  | { readonly kind: 'written'; readonly next: string; readonly warnings: readonly string[] }
  | { readonly kind: 'failed'; readonly reasons: readonly string[] }
  /** By ^C or ^D. */
  | { readonly kind: 'interrupted' };

const ABOUT: Readonly<Record<Kind, string>> = {
  loopback: 'programs of this machine',
  lan: 'other machines, each user with a password',
  haproxy: "clients behind HAProxy, which tells the clients' addresses",
  uplinks: 'programs of this machine, over several uplinks or proxies',
};
const KINDS = Object.keys(ABOUT) as Kind[];
const PASSWORD_OCTETS = 15;

export async function initialise(asked: InitAsked, surroundings: Surroundings): Promise<Initialised> {
  const { file, force } = asked;
  if (!/^\d{1,5}$/.test(asked.port) || Number(asked.port) > 65_535)
    return failed(`--port: "${asked.port}" is not allowed; allowed: an integer from 0 to 65535`);
  if (!force && existsSync(file))
    return failed(`${file} exists already; --force overwrites it, --output names another file`);
  const { input } = surroundings;
  if (asked.kind === undefined && !input.isTTY)
    return failed(`there is no terminal to ask what the gateway is for; needed: --for ${KINDS.join(', ')}`);
  const answered = await answersFor(asked, surroundings);
  if (answered.kind !== 'answered') return answered;
  const { answers, password } = answered;
  const written = write(configurationText(answers), resolve(file), force, surroundings);
  if (written.kind !== 'written') return written;
  return { ...written, next: nextText(file, answers, password) };
}

const failed = (...reasons: readonly string[]): Extract<Initialised, { kind: 'failed' }> => ({
  kind: 'failed',
  reasons,
});

type Answered =
  | { readonly kind: 'answered'; readonly answers: Answers; readonly password: string | undefined }
  | Exclude<Initialised, { kind: 'written' }>;

async function answersFor({ kind, port }: InitAsked, { input, terminal }: Surroundings): Promise<Answered> {
  const defaults = { port: Number(port), clients: PRIVATE_NETWORKS, proxy: '127.0.0.1', uplinks: ownAddresses() };
  if (kind !== undefined) return withUser({ ...defaults, kind, user: undefined }, 'user');
  const questions = new Questions(input, terminal);
  const chosen = await questions.all(defaults);
  if (chosen === undefined) return { kind: 'interrupted' };
  const { answers, name } = chosen;
  if (answers.kind !== 'lan') return { kind: 'answered', answers, password: undefined };
  if (!isUserName(name)) return failed(`"${name}" is not allowed; allowed: ${NAME_ALLOWED}`);
  const made = await newHash(input, (text) => void terminal.write(text));
  if (made.kind === 'failed') return failed(made.reason);
  if (made.kind === 'interrupted') return made;
  return { kind: 'answered', answers: { ...answers, user: { name, hash: made.text } }, password: undefined };
}

/** With a password that is made, where a user is needed. */
async function withUser(answers: Answers, name: string): Promise<Answered> {
  if (answers.kind !== 'lan') return { kind: 'answered', answers, password: undefined };
  const password = randomBytes(PASSWORD_OCTETS).toString('base64url');
  const hash = formatPhc(await hashPassword(password));
  return { kind: 'answered', answers: { ...answers, user: { name, hash } }, password };
}

type Defaults = Omit<Answers, 'kind' | 'user'>;

class Questions {
  readonly #lines: Interface;
  readonly #ended = new AbortController();

  constructor(input: ReadStream, output: WriteStream) {
    this.#lines = createInterface({ input, output, terminal: true });
    // ^C, and ^D in an empty line.
    this.#lines.on('SIGINT', () => this.#lines.close());
    this.#lines.on('close', () => this.#ended.abort());
  }

  /** Undefined after ^C or ^D. `name`: of a user. */
  async all(defaults: Defaults): Promise<{ readonly answers: Answers; readonly name: string } | undefined> {
    try {
      return await this.#all(defaults);
    } catch (error) {
      if (this.#ended.signal.aborted) return undefined;
      throw error;
    } finally {
      this.#lines.close();
    }
  }

  async #all(defaults: Defaults) {
    const kind = await this.#kind();
    const answers: Answers = { ...defaults, kind, user: undefined };
    const port = Number(await this.#ask('Port', String(defaults.port), (text) => /^\d{1,5}$/.test(text)));
    switch (kind) {
      case 'loopback':
        return { answers: { ...answers, port }, name: '' };
      case 'lan': {
        const clients = await this.#list('Networks that clients come from', defaults.clients);
        return { answers: { ...answers, port, clients }, name: await this.#ask('Name of the first user', ownName()) };
      }
      case 'haproxy': {
        const proxy = await this.#ask('Address of HAProxy', defaults.proxy);
        const clients = await this.#list('Networks that its clients come from', defaults.clients);
        return { answers: { ...answers, port, proxy, clients }, name: '' };
      }
      case 'uplinks': {
        const what = 'Lines: addresses of this machine, interfaces, or proxies such as socks5://host:1080';
        return { answers: { ...answers, port, uplinks: await this.#list(what, defaults.uplinks) }, name: '' };
      }
      default:
        return kind satisfies never;
    }
  }

  async #kind(): Promise<Kind> {
    const rows = KINDS.map((kind, index) => `  ${index + 1}  ${kind.padEnd(9)} ${ABOUT[kind]}\n`).join('');
    const kindOf = (text: string): Kind | undefined =>
      KINDS.find((kind, index) => text === kind || text === `${index + 1}`);
    const text = await this.#ask(`Who is the gateway for?\n${rows}Number`, '1', (one) => kindOf(one) !== undefined);
    return kindOf(text) as Kind;
  }

  async #list(question: string, usual: readonly string[]): Promise<readonly string[]> {
    const text = await this.#ask(`${question}, with commas`, usual.join(', '));
    return text.split(/[,\s]+/).filter((one) => one !== '');
  }

  /** An empty answer is the usual one. What does not fit is asked for again. */
  async #ask(question: string, usual: string, fits: (text: string) => boolean = () => true): Promise<string> {
    for (;;) {
      const { signal } = this.#ended;
      const text = (await this.#lines.question(`${question} [${usual}]: `, { signal })).trim() || usual;
      if (fits(text)) return text;
    }
  }
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'user'; // the user has no entry in /etc/passwd
  }
}

/** The IPv4 addresses of the machine's interfaces, but for loopback: one of each; `direct` where there are none. */
function ownAddresses(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => {
    const usable = all.find(({ internal, family }) => !internal && family === 'IPv4');
    return usable === undefined ? [] : [usable.address];
  });
  return addresses.length === 0 ? ['direct'] : addresses;
}

/** The file is there with its whole text, or not at all. Only its owner can read it. */
function write(text: string, file: string, force: boolean, { check }: Surroundings): Initialised {
  const fresh = join(dirname(file), `.${process.pid}-${basename(file)}`);
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
    const { errors, warnings } = check(fresh);
    if (errors.length > 0) return failed(...errors.map((error) => error.replace(fresh, file)));
    if (force) renameSync(fresh, file);
    else linkSync(fresh, file);
    return { kind: 'written', next: '', warnings: warnings.map((warning) => warning.replace(fresh, file)) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return failed(code === 'EEXIST' ? `${file} exists already` : `${file} cannot be written: ${code}`);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function nextText(file: string, { kind, port, user, proxy }: Answers, password: string | undefined): string {
  const path = /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  const host = kind === 'lan' ? (ownAddresses()[0]?.replace('direct', '') ?? '') || '127.0.0.1' : '127.0.0.1';
  const as = user === undefined ? '' : `--proxy-user '${user.name}:${password ?? 'PASSWORD'}' `;
  const server = isLoopback(proxy) ? '127.0.0.1' : 'ADDRESS_OF_THIS_MACHINE';
  const inProxy = `  server tcproute ${server}:${port} send-proxy-v2    # the line of the backend in haproxy.cfg, with "mode tcp"`;
  return [
    `${file} is written, for ${ABOUT[kind]}. Its comments say what else there is.`,
    ...(user !== undefined && password !== undefined
      ? [`The password of "${user.name}" is ${password}; the file has only its hash.`]
      : []),
    'Next:',
    `  tcproute check --dial -c ${path}    # tries the lines, the name servers and the listener`,
    `  tcproute -c ${path}    # starts the gateway`,
    kind === 'haproxy'
      ? inProxy
      : `  curl ${as}--socks5-hostname ${host}:${port} http://example.org/    # goes through it`,
    '',
  ].join('\n');
}
