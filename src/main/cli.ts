// The command line: reads the command, loads its configuration and returns the exit status. It runs no gateway itself: see
// run.ts.
import { fstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Target, targetOfText } from '../protocol/address/target.js';
import type { AdminOptions } from '../protocol/admin-options.js';
import { LineNumbers } from '../protocol/lines/numbers.js';
import { plain, plainJson } from '../protocol/text/plain-text.js';
import { type Arguments, commandOf, mistakeIn, parse, TLS_PORT } from './command-line/arguments.js';
import { helpText } from './command-line/help.js';
import type { Looked } from './commands/admin/looked.js';
import { type Look, lookOf } from './commands/admin/looks.js';
import type { Report } from './commands/control-client.js';
import { listenerNames } from './config/listener-names.js';
import { type Loaded, load } from './config/load.js';
import { complain, say, withoutThrowing } from './process/output.js';
import { hangUpEndsCommand } from './process/signals.js';
import { CHANNEL_VARIABLE } from './upgrade/messages.js';
import type { Predecessor } from './upgrade/predecessor.js';

/** 0 for success, 1 for a failure, 2 for a command line that was not understood. The help says the same. */
type ExitStatus = number;

/** `argv`: without the program, `process.argv.slice(2)`. Resolves with the exit status when everything has ended. */
export async function main(argv: readonly string[]): Promise<ExitStatus> {
  let asked: Arguments;
  try {
    asked = parse(argv);
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.?\n|\.(?: |$)/); // the rest is advice for programmers
    return misunderstood(sentence as string);
  }
  const [command] = asked.positionals;
  if (command !== undefined) hangUpEndsCommand();
  if (asked.values.help && (command === undefined || commandOf(command) !== undefined)) return say(helpText(command));
  if (asked.values.version) return version();
  const wrong = mistakeIn(asked);
  if (wrong !== undefined) return misunderstood(wrong);
  if (command === 'passwd') return passwd();
  if (command === 'init') return init(asked);
  if (command === 'fleet' && asked.positionals.length > 1) return fleetKey(asked);
  if (command === 'completion') return completion(asked.positionals[1] as string);
  // What is named on the command line needs no configuration.
  const look = lookOf(command);
  if (look !== undefined && asked.values.admin !== undefined) return lookAt(look, asked, undefined);
  const predecessor = command === undefined ? await predecessorOf(process.env) : undefined;
  const numbers = new LineNumbers();
  const loaded = loadFor(asked, numbers);
  if (loaded.kind === 'invalid') {
    await predecessor?.fails(loaded.errors);
    return refuse(loaded);
  }
  if (look !== undefined) return lookAt(look, asked, loaded.options.admin);
  switch (command) {
    case 'check':
      return check(asked, loaded);
    case 'dns':
      return dns(asked, loaded);
    case 'reload':
      return ask(loaded, 'reloads at SIGHUP', async (socket) =>
        (await import('./commands/reload.js')).reloadBy(socket),
      );
    case 'upgrade':
      return ask(loaded, 'is upgraded by SIGUSR1', async (socket) =>
        (await import('./commands/upgrade.js')).upgradeBy(socket),
      );
    case 'explain':
      return explain(asked, loaded);
    default:
      return start(asked, loaded, numbers, predecessor);
  }
}

/** The process that has started this one to take its place. Its variable is no part of the configuration. */
async function predecessorOf(environment: NodeJS.ProcessEnv): Promise<Predecessor | undefined> {
  if (environment[CHANNEL_VARIABLE] === undefined) return undefined;
  return (await import('./upgrade/predecessor.js')).Predecessor.of(environment);
}

function loadFor({ values, positionals: [command] }: Arguments, numbers: LineNumbers): Loaded {
  const { config, port, host, workers, 'log-level': log_level } = values;
  const flags = { port, host, workers, log_level };
  const directory = workingDirectory();
  if (directory === undefined) return NO_DIRECTORY;
  const strangers = command === 'dns' || command === 'explain' ? 'passed over' : 'refused';
  return load({ file: config, directory, environment: process.env, flags, strangers, numbers });
}

const NO_DIRECTORY = { kind: 'invalid', errors: ['the working directory has gone'], warnings: [] } as const;

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

async function check({ values }: Arguments, loaded: Extract<Loaded, { kind: 'loaded' }>): Promise<ExitStatus> {
  const { file, warnings, options } = loaded;
  if (values.alive) {
    const { askWhetherAlive } = await import('./commands/alive.js');
    const { isAlive, outcome } = await askWhetherAlive(options.listen);
    if (isAlive) return say(`${plain(outcome)}\n`);
    complain(`error: ${outcome}`);
    return 1;
  }
  const { fileWarnings } = await import('./commands/file-check.js');
  const { hostsWarnings, policyText } = await import('./commands/egress.js');
  const { lineText } = await import('./commands/line-text.js');
  for (const warning of [...warnings, ...fileWarnings(options), ...hostsWarnings(options)])
    complain(`warning: ${warning}`);
  const lines = options.lines.map((line, index) => `  ${index + 1}  ${lineText(line)}\n`).join('');
  const ok = `${plain(file ?? 'built-in defaults')}: ok\n`;
  const { budgetsText } = await import('./commands/budgets.js');
  const rest = (await budgetsText(options)) + policyText(options.egress);
  if (!values.dial) return say(`${ok}lines:\n${lines}${rest}`);
  const { allWork, dialAll, dialText } = await import('./commands/dial-check.js');
  const tried = await dialAll(options);
  const said = await say(ok + dialText(tried) + rest);
  return allWork(tried) ? said : 1;
}

/** Exit status 1 for a name without an address. */
async function dns({ positionals, values }: Arguments, { warnings, options }: Extract<Loaded, { kind: 'loaded' }>) {
  for (const warning of warnings) complain(`warning: ${warning}`);
  const { explainName, explanationText } = await import('./commands/dns.js');
  const { deniedAmong } = await import('./commands/egress.js');
  const explained = await explainName(positionals[1] as string, options);
  if (explained.kind === 'failed') {
    complain(`error: ${explained.reason}`);
    return 1;
  }
  const { explanation } = explained;
  const { choice } = explanation;
  const denied = choice.code === 'found' ? deniedAmong(choice.addresses, options.egress) : [];
  const said = await say(values.json ? asJson({ ...explanation, denied }) : explanationText(explanation, denied));
  return choice.code === 'found' ? said : 1;
}

/** Exit status 1 for a destination that cannot be used. */
async function explain({ positionals, values }: Arguments, loaded: Extract<Loaded, { kind: 'loaded' }>) {
  const { clientAsked } = await import('./commands/explain/as.js');
  const { whyNotLetIn } = await import('./commands/explain/entry.js');
  const { client: from, user, tag, listener } = values;
  const { listen, users } = loaded.options;
  const names = listenerNames(listen);
  const asked = clientAsked({ client: from, user, tag, listener }, names, users);
  if (asked.code === 'wrong') {
    complain(`error: ${asked.reason}`);
    return 1;
  }
  const target = targetOfText(positionals[1] as string, TLS_PORT) as Target;
  const tls = values.tls ?? (target.port === TLS_PORT && !values['no-tls']);
  const { findAdmin } = await import('./commands/admin/place.js');
  const { admin, 'token-file': token_file } = values;
  const api = { found: findAdmin({ admin, token_file }, loaded.options.admin), isNamed: admin !== undefined };
  const { explained } = await import('./commands/explain/explained.js');
  const what = values.quic ? 'quic' : values.udp ? 'flow' : tls ? 'tls' : 'connection';
  const { warnings, outcome } = await explained(target, what, loaded, asked.as, api);
  const shut = whyNotLetIn(asked.as?.client, listen, names);
  for (const warning of [...loaded.warnings, ...shut, ...warnings]) complain(`warning: ${warning}`);
  if (outcome.kind === 'failed') {
    complain(`error: ${outcome.reason}`);
    return 1;
  }
  const { explanation, text } = outcome;
  const said = await say(values.json ? asJson(explanation) : text);
  return explanation.usable ? said : 1;
}

/** By a shell's convention, for what ^C has ended. */
const INTERRUPTED = 130;

async function passwd(): Promise<ExitStatus> {
  if (fstatSync(process.stdout.fd).rdev === statSync('/dev/null').rdev) {
    // Node opens /dev/null in place of a descriptor that is closed.
    complain('error: standard output is closed or /dev/null: the hash would be lost');
    return 1;
  }
  const { newHash } = await import('./commands/passwd.js');
  const made = await newHash(process.stdin, (text) => void withoutThrowing(process.stderr).write(text));
  if (made.kind === 'hash') return say(`${made.text}\n`);
  if (made.kind === 'interrupted') return INTERRUPTED;
  complain(`error: ${made.reason}`);
  return 1;
}

async function init({ values }: Arguments): Promise<ExitStatus> {
  const { initialise } = await import('./commands/init.js');
  const { KINDS } = await import('./commands/init-text.js');
  const directory = workingDirectory();
  if (directory === undefined) return refuse(NO_DIRECTORY);
  const { output: file = 'config.json', force = false, port = '7070' } = values;
  const kind = KINDS.find((one) => one === values.for);
  const check = (written: string) => {
    const loaded = load({ file: written, directory, environment: {}, flags: {} });
    return { errors: loaded.kind === 'invalid' ? loaded.errors : [], warnings: loaded.warnings };
  };
  const terminal = withoutThrowing(process.stderr);
  const made = await initialise({ kind, file, force, port }, { input: process.stdin, terminal, check });
  if (made.kind === 'interrupted') return INTERRUPTED;
  if (made.kind === 'failed') return refuse({ kind: 'invalid', errors: made.reasons, warnings: [] });
  for (const warning of made.warnings) complain(`warning: ${warning}`);
  return say(made.next);
}

/** Asks the running gateway. `otherwise`: what one without a socket for commands does. */
async function ask(
  { options }: Extract<Loaded, { kind: 'loaded' }>,
  otherwise: string,
  by: (socket: string) => Promise<Report>,
): Promise<ExitStatus> {
  if (options.control_socket === null) {
    complain(`error: the configuration names no control_socket; a gateway without one ${otherwise}`);
    return 1;
  }
  const { status, said, complaints } = await by(options.control_socket);
  for (const complaint of complaints) complain(plain(complaint));
  return said.length === 0 ? status : say(`${said.map(plain).join('\n')}\n`) || status;
}

/** `configured`: `admin` of the configuration; undefined where none was read. */
async function lookAt(command: Look, { values }: Arguments, configured: AdminOptions | undefined): Promise<ExitStatus> {
  const { look } = await import('./commands/look.js');
  const { isTTY, columns } = process.stdout;
  return show(await look(command, values, configured, isTTY ? columns : Number.POSITIVE_INFINITY));
}

async function fleetKey({ positionals: [, , gateway = ''], values }: Arguments): Promise<ExitStatus> {
  const { keysOf } = await import('./commands/fleet/key.js');
  return show(keysOf(gateway, values.json === true));
}

async function show({ status, said, complaint }: Looked): Promise<ExitStatus> {
  if (complaint !== undefined) complain(`error: ${complaint}`);
  return said === undefined ? status : (await say(said)) || status;
}

const completion = async (shell: string): Promise<ExitStatus> =>
  say((await import('./command-line/completion.js')).completionText(shell));

const version = async (): Promise<ExitStatus> => say(await (await import('./commands/version.js')).versionText());

const asJson = (value: object): string => `${plainJson(JSON.stringify(value, null, 2))}\n`;

async function start(
  asked: Arguments,
  loaded: Extract<Loaded, { kind: 'loaded' }>,
  numbers: LineNumbers,
  predecessor: Predecessor | undefined,
): Promise<ExitStatus> {
  const { values } = asked;
  const { file, warnings, options } = loaded;
  // Loaded only now: `check` and `--help` need neither the log, nor the engine, nor the pool.
  const { openLog } = await import('./process/log.js');
  const tried = openLog(options.log_level, options.log);
  if (tried.code === 'failed') {
    complain(`error: ${tried.message}`);
    await predecessor?.fails([tried.message]);
    return 1;
  }
  const { opened } = tried;
  const { log } = opened;
  if (options.admin.listen !== null) opened.recentLines();
  if (file !== undefined && values.config === undefined) {
    log.info({ file: resolve(file) }, 'no configuration is named: that of the working directory is used');
  }
  for (const warning of warnings) log.warn(warning);
  log.debug(
    { file: file ?? 'built-in defaults', lines: options.lines.map(({ name }) => name) },
    'configuration loaded',
  );
  const { runGateway } = await import('./gateway/run.js');
  const { endWith } = await import('./gateway/end-with.js');
  const read = (next: LineNumbers): Loaded => loadFor(asked, next);
  // Where an upgrade fails, the process that goes on says why.
  const isUnseen = opened.isInFile && predecessor === undefined;
  return endWith(
    await runGateway(options, opened, {
      ...{ read, numbers, written: loaded, complain: isUnseen ? complain : undefined, predecessor },
    }),
    opened,
  );
}

function refuse({ errors, warnings }: Extract<Loaded, { kind: 'invalid' }>): ExitStatus {
  for (const warning of warnings) complain(`warning: ${warning}`);
  for (const error of errors) complain(`error: ${error}`);
  return 1;
}

function misunderstood(sentence: string): ExitStatus {
  complain(`tcproute: ${sentence}${sentence.endsWith('?') ? '' : '.'} See tcproute --help.`);
  return 2;
}
