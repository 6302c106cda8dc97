// Understands the command line: options, command and arguments, or a sentence that says what is wrong and what may have
// been meant. It does nothing of what was asked for.
import { parseArgs } from 'node:util';
import { parseIp } from '../protocol/address/address.js';
import { targetOfName, targetOfText } from '../protocol/address/target.js';
import { closest } from './config/diagnostics/suggest.js';

export const USAGE = `Usage: tcproute [-c FILE] [--port N] [--host H] [--workers N] [--log-level L]
       tcproute check [-c FILE] [--dial]
       tcproute dns NAME [-c FILE] [--json]
       tcproute explain HOST[:PORT] [-c FILE] [--tls | --no-tls] [--json]
                        [--client IP] [--user NAME [--tag TAG]] [--listener NAME]
       tcproute passwd

A SOCKS5 gateway that races lines and DNS answers and remembers the winner.

  check             say whether the configuration is right, and which lines it comes to
      --dial        try every line, name server and listener, too; exit status 0 if all work
  dns NAME          what every name server says of a name, what is to be thought of
                    it, and what a client would get
  explain HOST[:PORT]
                    run one race live (default port 443): every attempt, and why the winner won;
                    exit status 0 if the destination can be used
      --tls, --no-tls
                    whether TLS is spoken to it               (default: only on port 443)
      --client IP, --user NAME, --tag TAG, --listener NAME
                    as for a client from this address ("unix": of a Unix socket), which is this user,
                    with this tag, and comes in by this listener: for rules, and the user's lines
      --json        for dns and explain: the same for programs
  passwd            ask for a password, twice and without echo, and print its hash, to stand for it
                    in the configuration; from a pipe it reads one line
  -c, --config FILE the configuration: JSON with comments, .yaml, .yml or .toml
                    (without it, config.json in the working directory, if there is one)
      --port N      listen on this port                       (default 7070)
      --host H      listen on this address                    (default 127.0.0.1)
      --workers N   threads that carry connections            (default 0: one for each core)
      --log-level L trace, debug, info, warn, error, fatal or silent   (default info)
  -h, --help        show this text
  -v, --version     show the version

Exit status: 0 if all is well, after a stop by SIGTERM or SIGINT too; 1 if a start, a check or a look-up failed; 2 if
the command line is not understood; 128 and the signal's number if a signal ended it at once.

Every key of the configuration can also be set in the environment, such as TCPROUTE_PORT. The command line comes first,
then the environment, then the file.
`;

const FLAGS = {
  config: { type: 'string', short: 'c', multiple: true },
  port: { type: 'string', multiple: true },
  host: { type: 'string', multiple: true },
  workers: { type: 'string', multiple: true },
  'log-level': { type: 'string', multiple: true },
  dial: { type: 'boolean' },
  json: { type: 'boolean' },
  tls: { type: 'boolean' },
  'no-tls': { type: 'boolean' },
  client: { type: 'string', multiple: true },
  user: { type: 'string', multiple: true },
  tag: { type: 'string', multiple: true },
  listener: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** Each with what it must be given. */
const COMMANDS: Readonly<Record<string, string | undefined>> = {
  check: undefined,
  dns: 'a name',
  explain: 'a host, or a host and a port',
  passwd: undefined,
};
/** Options that belong to some commands only. */
const BELONGS = {
  ...{ dial: ['check'], json: ['dns', 'explain'], tls: ['explain'], 'no-tls': ['explain'] },
  ...{ client: ['explain'], user: ['explain'], tag: ['explain'], listener: ['explain'] },
} as const;

export const TLS_PORT = 443;

const parsed = (argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true, strict: true });

type Parsed = ReturnType<typeof parsed>;
type Text = 'config' | 'port' | 'host' | 'workers' | 'log-level' | 'client' | 'user' | 'tag' | 'listener';

export interface Arguments {
  readonly positionals: readonly string[];
  /** Of an option with a value the last one. */
  readonly values: Omit<Parsed['values'], Text> & { readonly [Key in Text]?: string | undefined };
  /** Options with a value that were given more than once. */
  readonly twice: readonly string[];
}

/** Throws the error of `parseArgs` for what is no option. */
export function parse(argv: readonly string[]): Arguments {
  const { positionals, values } = parsed(withNegatives(argv));
  const entries = Object.entries(values);
  const last = entries.map(([name, value]) => [name, Array.isArray(value) ? value[value.length - 1] : value]);
  const twice = entries.flatMap(([name, value]) => (Array.isArray(value) && value.length > 1 ? [name] : []));
  return { positionals, values: Object.fromEntries(last), twice };
}

/** A negative number belongs to the option before it, whose check then says what is allowed; `parseArgs` takes it for options. */
function withNegatives(argv: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const [index, argument] of argv.entries()) {
    const option = argv[index - 1] ?? '';
    if (/^-\d/.test(argument) && takesValue(option)) joined[joined.length - 1] = `${option}=${argument}`;
    else joined.push(argument);
  }
  return joined;
}

function takesValue(option: string): boolean {
  return Object.entries(FLAGS).some(([name, { type }]) => type === 'string' && option === `--${name}`);
}

/** What cannot be understood, in a sentence. */
export function mistakeIn({ positionals, values, twice }: Arguments): string | undefined {
  const [command, ...more] = positionals;
  const [repeated] = twice;
  if (repeated !== undefined) return `'${repeated === 'config' ? '-c' : `--${repeated}`}' is given twice`;
  if (command !== undefined && !Object.hasOwn(COMMANDS, command))
    return `Unknown command '${command}'${hintOn(command, Object.keys(COMMANDS))}`;
  const needs = command === undefined ? undefined : COMMANDS[command];
  const unexpected = more.slice(needs === undefined ? 0 : 1);
  if (unexpected.length > 0)
    return `Unexpected argument '${unexpected.join(' ')}'${hintOn(unexpected[0] as string, [])}`;
  if (needs !== undefined && more.length === 0) return `'${command}' needs ${needs}`;
  for (const [option, commands] of Object.entries(BELONGS)) {
    if (values[option as keyof typeof BELONGS] !== undefined && !commands.some((one) => one === command))
      return `'--${option}' belongs to ${commands.map((one) => `'${one}'`).join(' and ')}`;
  }
  if (values.tls && values['no-tls']) return "'--tls' and '--no-tls' contradict each other";
  if (values.client !== undefined && values.client !== 'unix' && parseIp(values.client) === undefined)
    return `'${values.client}' is not an IP address, nor 'unix'`;
  if (values.tag !== undefined && values.user === undefined) return "'--tag' needs '--user'";
  const [target = ''] = more;
  if (command === 'explain' && targetOfText(target, TLS_PORT) === undefined)
    return `'${target}' is not HOST, HOST:PORT or [IPv6]:PORT${didYouMean(endpointOf(target))}`;
  if (command === 'passwd' && values.config !== undefined)
    return "'-c' does not belong to 'passwd', which reads no file";
  const host = command === 'dns' ? hostOf(target) : undefined;
  const isName = command !== 'dns' || (host === undefined && targetOfName(target, TLS_PORT) !== undefined);
  return isName ? undefined : `'${target}' is not a name${didYouMean(host)}`;
}

const didYouMean = (text: string | undefined): string => (text === undefined ? '' : `; did you mean '${text}'?`);

/** A file without `-c`, or a slip. */
function hintOn(word: string, commands: readonly string[]): string {
  if (/\.(?:json5?|jsonc|ya?ml|toml|conf)$|\//i.test(word)) return didYouMean(`-c ${word}`);
  return didYouMean(closest(word, commands));
}

/** What a URL is to `explain`. */
function endpointOf(text: string): string | undefined {
  const url = urlOf(text);
  if (url === undefined) return undefined;
  const port = url.port === '' && url.protocol === 'http:' ? '80' : url.port;
  return port === '' ? url.hostname : `${url.hostname}:${port}`;
}

/** The name in what is more than a name: a URL, or a name with its port. */
function hostOf(text: string): string | undefined {
  return urlOf(text)?.hostname ?? /^([^:/\s]+):\d{1,5}$/.exec(text)?.[1];
}

function urlOf(text: string): URL | undefined {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.hostname === '' ? undefined : url;
}
