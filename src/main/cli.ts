// The command line: what was asked for, the configuration it needs, and the exit status. It runs nothing itself: the
// gateway does.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Loaded, load } from './config/load.js';
import { createLogger } from './log.js';

const USAGE = `Usage: tcproute [-c FILE] [--port N] [--host H] [--workers N] [--log-level L]
       tcproute check [-c FILE]

A SOCKS5 gateway that races lines and DNS answers and remembers the winner.

  check             say whether the configuration is right, and which lines it comes to
  -c, --config FILE the configuration: JSON with comments, .yaml, .yml or .toml
                    (without it, config.json in the working directory, if there is one)
      --port N      listen on this port                       (default 7070)
      --host H      listen on this address                    (default 127.0.0.1)
      --workers N   threads that carry connections            (default 0: one for each core)
      --log-level L trace, debug, info, warn, error, fatal or silent   (default info)
  -h, --help        show this text
  -v, --version     show the version

Every key of the configuration can also be set in the environment, such as TCPROUTE_PORT. The command line comes first,
then the environment, then the file.
`;

const FLAGS = {
  config: { type: 'string', short: 'c' },
  port: { type: 'string' },
  host: { type: 'string' },
  workers: { type: 'string' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** 0 is well, 1 is a failure, 2 is a command line that was not understood. */
type ExitStatus = number;

type Arguments = ReturnType<typeof parse>;

/** `argv` without the program: `process.argv.slice(2)`. Resolves with the exit status once all is over. */
export async function main(argv: readonly string[]): Promise<ExitStatus> {
  let asked: Arguments;
  try {
    asked = parse(argv);
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.?\n|\.(?: |$)/); // the rest is advice for programmers
    return misunderstood(sentence as string);
  }
  const [command, ...more] = asked.positionals;
  if (asked.values.help) return say(USAGE);
  if (asked.values.version) return say(`${version()}\n`);
  if (command !== undefined && command !== 'check') return misunderstood(`Unknown command '${command}'`);
  if (more.length > 0) return misunderstood(`Unexpected argument '${more.join(' ')}'`);
  const loaded = loadFor(asked);
  if (loaded.kind === 'invalid') return refuse(loaded);
  return command === 'check' ? check(loaded) : start(loaded);
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true, strict: true });
}

function loadFor({ values }: Arguments): Loaded {
  const { config, port, host, workers, 'log-level': log_level } = values;
  const flags = { port, host, workers, log_level };
  return load({ file: config, directory: process.cwd(), environment: process.env, flags });
}

function check({ file, warnings, options }: Extract<Loaded, { kind: 'loaded' }>): ExitStatus {
  for (const warning of warnings) complain(`warning: ${warning}`);
  const lines = options.lines.map(({ name }, index) => `  ${index + 1}  ${name}\n`).join('');
  return say(`${file ?? 'built-in defaults'}: ok\nlines:\n${lines}`);
}

async function start({ file, warnings, options }: Extract<Loaded, { kind: 'loaded' }>): Promise<ExitStatus> {
  const log = createLogger(options.log_level);
  for (const warning of warnings) log.warn(warning);
  log.debug(
    { file: file ?? 'built-in defaults', lines: options.lines.map(({ name }) => name) },
    'configuration loaded',
  );
  // only now: `check` and `--help` load neither the engine nor the pool
  const { runGateway } = await import('./gateway.js');
  return runGateway(options, log);
}

function refuse({ errors, warnings }: Extract<Loaded, { kind: 'invalid' }>): ExitStatus {
  for (const warning of warnings) complain(`warning: ${warning}`);
  for (const error of errors) complain(`error: ${error}`);
  return 1;
}

function misunderstood(sentence: string): ExitStatus {
  complain(`tcproute: ${sentence}. See tcproute --help.`);
  return 2;
}

function say(text: string): ExitStatus {
  process.stdout.write(text);
  return 0;
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function version(): string {
  const manifest = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
