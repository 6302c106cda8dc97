// Understands the command line: options, command and arguments, or a sentence that says what is wrong and what may have
// been meant. It does nothing of what was asked for, and shows no help: see help.ts.
import { parseArgs } from 'node:util';
import { parseIp } from '../../protocol/address/address.js';
import { targetOfName, targetOfText } from '../../protocol/address/target.js';
import { ADMIN_PLACE_ALLOWED, adminPlaceOf } from '../../protocol/admin-place.js';
import { isShareName } from '../../protocol/share/keys.js';
import { closest } from '../config/diagnostics/suggest.js';
import { COMMANDS, type Command, FLAGS, type FlagName, flagsOf, GATEWAY } from './commands.js';

export const TLS_PORT = 443;

const parsed = (argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true, strict: true });

type Parsed = ReturnType<typeof parsed>;
/** The options with a value. */
type Text = { [Key in FlagName]: (typeof FLAGS)[Key]['type'] extends 'string' ? Key : never }[FlagName];

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
  if (repeated !== undefined) return `'${spelt(repeated)}' is given twice`;
  const known = command === undefined ? GATEWAY : commandOf(command);
  if (known === undefined) return `Unknown command '${command}'${hintOn(command as string, Object.keys(COMMANDS))}`;
  const lacking = argumentMistake(known, command, more);
  if (lacking !== undefined) return lacking;
  for (const name of Object.keys(values) as FlagName[]) {
    if (values[name] !== undefined && !flagsOf(known).includes(name)) return notOf(name, command);
  }
  const wrong = valueMistake(values, command);
  if (wrong !== undefined) return wrong;
  const [target = ''] = more;
  if (command === 'explain' && targetOfText(target, TLS_PORT) === undefined)
    return `'${target}' is not HOST, HOST:PORT or [IPv6]:PORT${didYouMean(endpointOf(target))}`;
  const [, gateway] = more;
  if (gateway !== undefined && !isShareName(gateway))
    return `'${gateway}' is no name of a gateway; allowed: 1 to 32 of a-z 0-9 . _ -, the first a letter or a digit`;
  const host = command === 'dns' ? hostOf(target) : undefined;
  const isName = command !== 'dns' || (host === undefined && targetOfName(target, TLS_PORT) !== undefined);
  return isName ? undefined : `'${target}' is not a name${didYouMean(host)}`;
}

/** Too many, too few, or not one of those that there are. */
function argumentMistake({ argument }: Command, command: string | undefined, more: readonly string[]) {
  const most = argument === undefined ? 0 : argument.behind === undefined ? 1 : 2;
  const unexpected = more.slice(most);
  if (unexpected.length > 0)
    return `Unexpected argument '${unexpected.join(' ')}'${hintOn(unexpected[0] as string, [])}`;
  if (argument === undefined) return undefined;
  const { needs, values, isOptional = false, behind } = argument;
  const [first, second] = more;
  if (first === undefined) return isOptional ? undefined : `'${command}' needs ${needs}`;
  if (values?.includes(first) === false) return `'${command}' needs ${needs}; not '${first}'`;
  return behind !== undefined && second === undefined ? `'${command} ${first}' needs ${behind}` : undefined;
}

function valueMistake(values: Arguments['values'], command: string | undefined): string | undefined {
  const { client, for: kind, tag, user, admin, config, limit, sort } = values;
  if (values.tls && values['no-tls']) return "'--tls' and '--no-tls' contradict each other";
  if ((values.udp || values.quic) && (values.tls || values['no-tls']))
    return `'${values.udp ? '--udp' : '--quic'}' and '${values.tls ? '--tls' : '--no-tls'}' contradict each other`;
  if (values.dial && values.alive) return "'--dial' and '--alive' contradict each other";
  // A list takes networks, too, and the gateway says what is wrong with them.
  if (command === 'explain' && client !== undefined && client !== 'unix' && parseIp(client) === undefined)
    return `'${client}' is not an IP address, nor 'unix'`;
  if (kind !== undefined && !isOneOf(FLAGS.for.values, kind))
    return `'${kind}' is not a kind of configuration; allowed: ${FLAGS.for.values.join(', ')}`;
  if (tag !== undefined && user === undefined) return "'--tag' needs '--user'";
  if (admin !== undefined && config !== undefined && command !== 'explain')
    return "'--admin' and '-c' contradict each other: both say where the gateway is";
  if (admin !== undefined && adminPlaceOf(admin) === undefined)
    return `'${admin}' is no place of a gateway; allowed: ${ADMIN_PLACE_ALLOWED}`;
  if (limit !== undefined && !LIMIT.test(limit)) return `'${limit}' is no number of rows; allowed: 1 to ${LIMIT_MAX}`;
  if (sort !== undefined && !isOneOf(FLAGS.sort.values, sort))
    return `'${sort}' is no key to sort by; allowed: ${FLAGS.sort.values.join(', ')}`;
  return undefined;
}

const LIMIT = /^(?:[1-9]\d{0,4}|100000)$/;
const LIMIT_MAX = 100_000;
const isOneOf = (words: readonly string[], word: string): boolean => words.includes(word);

/** Undefined for what is no command. */
export function commandOf(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

/** Of an option that does not belong to the command. */
function notOf(name: FlagName, command: string | undefined): string {
  if (command !== undefined && GATEWAY.flags.includes(name)) {
    const takesFile = commandOf(command)?.flags.includes('config');
    const why = takesFile ? "which takes only '-c'" : 'which reads no configuration';
    return `'${spelt(name)}' does not belong to '${command}', ${why}`;
  }
  const owners = Object.entries(COMMANDS).flatMap(([owner, { flags }]) => (flags.includes(name) ? [`'${owner}'`] : []));
  const [last = '', ...others] = owners.reverse();
  const before = others.length === 0 ? '' : `${others.reverse().join(', ')} and `;
  return `'${spelt(name)}' belongs to ${before}${last}`;
}

const spelt = (name: string): string => (name === 'config' ? '-c' : `--${name}`);

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
