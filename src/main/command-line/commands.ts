// The table of commands and options. Parsing, the help texts, shell completion and the man page come from it. It does nothing.

/** An option, as `parseArgs` takes it, with what people read of it. */
interface Flag {
  readonly type: 'string' | 'boolean';
  /** Of every option with a value, so that one that is given twice is noticed. */
  readonly multiple?: true;
  readonly short?: string;
  /** What stands for the value in texts; only of options with a value. */
  readonly word?: string;
  /** What may be completed in place of the value: these words, or names of files. */
  readonly values?: readonly string[] | 'files';
  /** Ends a sentence that begins with the option. */
  readonly about: string;
  /** The value without the option. */
  readonly usual?: string;
}

// biome-ignore format: a table, one option a line
export const FLAGS = {
  config: { type: 'string', multiple: true, short: 'c', word: 'FILE', values: 'files', about: 'the configuration: JSON with comments, .yaml, .yml or .toml', usual: 'config.json in the working directory, if there is one' },
  port: { type: 'string', multiple: true, word: 'N', about: 'listen on this port', usual: '7070' },
  host: { type: 'string', multiple: true, word: 'H', about: 'listen on this address', usual: '127.0.0.1' },
  workers: { type: 'string', multiple: true, word: 'N', about: 'threads that carry connections', usual: '0: one for each core' },
  'log-level': { type: 'string', multiple: true, word: 'L', values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], about: 'trace, debug, info, warn, error, fatal or silent', usual: 'info' },
  dial: { type: 'boolean', about: 'try every line, name server and listener, the engine of the site and the place to start from, too; exit status 0 if all work' },
  alive: { type: 'boolean', about: 'ask the gateway that runs with this configuration for an answer; exit status 0 if it answers' },
  json: { type: 'boolean', about: 'the same for programs' },
  tls: { type: 'boolean', about: 'TLS is spoken to the destination', usual: 'only on port 443' },
  'no-tls': { type: 'boolean', about: 'TLS is not spoken to the destination' },
  udp: { type: 'boolean', about: 'of datagrams instead: by which lines a flow would go, and why; nothing is sent' },
  quic: { type: 'boolean', about: 'of a QUIC connection instead: when its first flight would go out over which line; nothing is sent' },
  admin: { type: 'string', multiple: true, word: 'PLACE', about: 'ask the gateway here: HOST:PORT, or the path of a Unix socket', usual: '`admin.listen` of the configuration' },
  'token-file': { type: 'string', multiple: true, word: 'FILE', values: 'files', about: 'a file with the token that the gateway wants', usual: '`admin.token_file` of the configuration, unless --admin is given' },
  client: { type: 'string', multiple: true, word: 'IP', values: ['unix'], about: 'as for a client from this address; "unix" for one of a Unix socket' },
  user: { type: 'string', multiple: true, word: 'NAME', about: 'as for this user: for rules, and the lines of the user' },
  tag: { type: 'string', multiple: true, word: 'TAG', about: 'as for the user with this tag' },
  listener: { type: 'string', multiple: true, word: 'NAME', about: 'as for a client that comes in by this listener' },
  target: { type: 'string', multiple: true, word: 'HOST', about: 'only what goes there: a name with all below it, an address or a network, each with or without :PORT' },
  line: { type: 'string', multiple: true, word: 'NAME', about: 'only what this line carries' },
  ended: { type: 'boolean', about: 'those that have ended, in place of the live ones' },
  sort: { type: 'string', multiple: true, word: 'KEY', values: ['opened_at', 'ended_at', 'bytes_up', 'bytes_down', 'duration_ms'], about: 'by opened_at, ended_at, bytes_up, bytes_down or duration_ms, the highest first', usual: 'opened_at; ended_at with --ended' },
  how: { type: 'string', multiple: true, word: 'KIND', about: 'only those with this kind of evidence, such as injection' },
  kind: { type: 'string', multiple: true, word: 'KIND', values: ['quic', 'dns', 'other'], about: 'only flows of this kind: quic, dns or other' },
  association: { type: 'string', multiple: true, word: 'ID', about: 'only flows of the association with this control connection, by its id' },
  limit: { type: 'string', multiple: true, word: 'N', about: 'at most so many rows', usual: '100000' },
  for: { type: 'string', multiple: true, word: 'KIND', values: ['loopback', 'lan', 'haproxy', 'uplinks'], about: 'loopback, lan, haproxy or uplinks; nothing is asked then, and a password is made' },
  output: { type: 'string', multiple: true, short: 'o', word: 'FILE', values: 'files', about: 'where to write it', usual: 'config.json' },
  force: { type: 'boolean', about: 'overwrite the file if there is one' },
  help: { type: 'boolean', short: 'h', about: 'show this text; behind a command, its own' },
  version: { type: 'boolean', short: 'v', about: 'show the versions of tcproute, Node and the kernel, and the engine' },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;

export interface Argument {
  readonly word: string;
  /** Ends "the command needs". */
  readonly needs: string;
  readonly values?: readonly string[];
  /** It may be left out. */
  readonly isOptional?: true;
  /** What the argument itself needs behind it. */
  readonly behind?: string;
}

export interface Command {
  readonly argument?: Argument;
  /** Ends a sentence that begins with the command. */
  readonly about: string;
  /** Further sentences. */
  readonly more: readonly string[];
  readonly flags: readonly FlagName[];
  /** What an option says here, where that is not the same as elsewhere. */
  readonly abouts?: { readonly [Name in FlagName]?: string };
}

/** Options that stand for keys of the configuration, or name it. */
const SETTINGS = ['config', 'port', 'host', 'workers', 'log-level'] as const;
/** By which a running gateway is found. */
const ASKED = ['config', 'admin', 'token-file'] as const;
const ASKED_STATUS = 'The exit status is 0 if the gateway has answered, 1 if it refuses, and 3 if none runs.';

export const COMMANDS: Readonly<Record<string, Command>> = {
  init: {
    about: 'write a first configuration, with comments, for one of a few purposes, and say what to do next',
    more: [
      'On a terminal it asks: for this machine alone (loopback), for other machines with users (lan), behind HAProxy (haproxy), or for several uplinks and proxies (uplinks).',
    ],
    flags: ['for', 'output', 'force', 'port'],
  },
  check: {
    about: 'say whether the configuration is right, and which lines it comes to',
    more: ['All mistakes are reported at once, with file, line, key and what is allowed.'],
    flags: ['dial', 'alive', ...SETTINGS],
  },
  dns: {
    argument: { word: 'NAME', needs: 'a name' },
    about: 'what every name server says of a name, what is to be thought of it, and what a client would get',
    more: ['The exit status is 1 where the name has no address that a client would get.'],
    flags: ['json', ...SETTINGS],
  },
  explain: {
    argument: { word: 'HOST[:PORT]', needs: 'a host, or a host and a port' },
    about: 'run one race live (default port 443): every attempt, and why the winner won',
    more: [
      'The race is run beside a gateway that may be running, and changes nothing there. What it remembers is asked for by `admin.listen`, else by `control_socket`.',
      'The exit status is 0 if the destination can be used.',
    ],
    flags: [
      'tls',
      'no-tls',
      'udp',
      'quic',
      'client',
      'user',
      'tag',
      'listener',
      'json',
      'admin',
      'token-file',
      ...SETTINGS,
    ],
  },
  status: {
    about: 'what runs and what is wrong, on one screen: listeners, lines, live connections, rates',
    more: [
      'It watches for a second to tell rates.',
      'The exit status is 0 if all is well, 1 if something is wrong, and 3 if no gateway runs.',
    ],
    flags: ['json', ...ASKED],
  },
  top: {
    about: 'watch live connections, lines and clients on the whole terminal',
    more: ['`?` shows the keys. NO_COLOR in the environment leaves out the colours.', ASKED_STATUS],
    flags: [...ASKED],
  },
  connections: {
    about: 'list the live connections of the running gateway, or those that have ended',
    more: [ASKED_STATUS],
    flags: ['ended', 'client', 'user', 'target', 'line', 'listener', 'sort', 'limit', 'json', ...ASKED],
    abouts: {
      client: 'only those of clients from this address or network; "unix" for those of Unix sockets',
      user: 'only those of this user',
      listener: 'only those that came in by this listener',
    },
  },
  flows: {
    about: 'list the live flows of datagrams (UDP) of the running gateway, or those that have ended',
    more: [ASKED_STATUS],
    flags: [
      ...(['ended', 'client', 'user', 'target', 'line', 'listener', 'kind', 'association', 'sort', 'limit'] as const),
      ...(['json', ...ASKED] as const),
    ],
    abouts: {
      client: 'only those of clients from this address or network',
      user: 'only those of this user',
      listener: 'only those of associations that came in by this listener',
      target: 'only what goes there, as for connections; a name may be that of a QUIC flow, too',
    },
  },
  lines: {
    about: 'list the lines of the running gateway with their health, and what they have won and carried',
    more: [ASKED_STATUS],
    flags: ['json', ...ASKED],
  },
  routes: {
    about: 'list what the running gateway remembers of destinations',
    more: [ASKED_STATUS],
    flags: ['target', 'line', 'limit', 'json', ...ASKED],
    abouts: {
      target: 'only destinations with this in their names, of which it may be a part',
      line: 'only those for which this line is the best',
    },
  },
  'bad-addresses': {
    about: 'list the addresses that the running gateway holds for false, with the evidence',
    more: [ASKED_STATUS],
    flags: ['how', 'limit', 'json', ...ASKED],
  },
  budgets: {
    about: 'list what lines and users may carry in a month, and what they have carried in the running gateway',
    more: ['Of users those come first that have least left.', ASKED_STATUS],
    flags: ['user', 'json', ...ASKED],
    abouts: { user: 'only this user' },
  },
  fleet: {
    argument: {
      ...{ word: '[key NAME]', values: ['key'], isOptional: true },
      ...{ needs: 'no argument, or key NAME', behind: 'the name of a gateway' },
    },
    about: 'show the gateways of the site with which the running gateway shares what it learned, and the engine',
    more: [
      'The exit status is 0 if the engine can be used and refuses nothing, 1 if not or if the gateway shares nothing, and 3 if no gateway runs.',
      '`tcproute fleet key NAME` makes the keys of a gateway as files in the working directory, and says what goes into the configurations. It asks no gateway, and leaves files that are there as they are.',
    ],
    flags: ['json', ...ASKED],
  },
  reload: {
    about: 'have the running gateway read its configuration again, and say what changed or what is wrong',
    more: [
      'It is asked on the Unix socket of `control_socket`, which the configuration must name.',
      'The exit status is 1 if the configuration cannot be used, or no gateway answers; nothing has changed then.',
    ],
    flags: ['config'],
  },
  upgrade: {
    about: 'have the version that is installed now take the place of the running gateway, without a lost connection',
    more: [
      'The running gateway is asked on the Unix socket of `control_socket`, which the configuration must name.',
      'Connections that are open stay with the process that has them, for at most `upgrade_drain_timeout_ms`.',
      'The exit status is 1 if the other process does not serve, or no gateway answers; nothing has changed then.',
    ],
    flags: ['config'],
  },
  passwd: {
    about: 'ask for a password and print its hash, to stand for it in the configuration',
    more: ['On a terminal it asks twice, without echo. From a pipe it reads one line.'],
    flags: [],
  },
  completion: {
    argument: { word: 'SHELL', needs: 'a shell: bash, zsh or fish', values: ['bash', 'zsh', 'fish'] },
    about: 'print the completion of commands and options for a shell: bash, zsh or fish',
    more: [
      'bash: `source <(tcproute completion bash)`, for example in ~/.bashrc.',
      'zsh: `source <(tcproute completion zsh)` after compinit in ~/.zshrc.',
      'fish: `tcproute completion fish > ~/.config/fish/completions/tcproute.fish`.',
    ],
    flags: [],
  },
};

/** What the program does without a command. */
export const GATEWAY: Command = {
  about: 'serve clients until a signal stops it',
  more: [],
  flags: [...SETTINGS, 'version'],
};

/** Of every command. */
const EVERYWHERE: readonly FlagName[] = ['help'];

export const flagsOf = (command: Command): readonly FlagName[] => [...command.flags, ...EVERYWHERE];

export const flagOf = (name: FlagName): Flag => FLAGS[name];

export const PURPOSE =
  'A gateway for SOCKS and HTTP clients that races lines and DNS answers and remembers the winner.';

/** Each with its meaning. */
export const EXIT_STATUSES: readonly (readonly [string, string])[] = [
  ['0', 'if all is well, after a stop by SIGTERM or SIGINT too'],
  ['1', 'if a start, a check or a look-up failed'],
  ['2', 'if the command line is not understood'],
  ['3', 'if a command that looks at the running gateway finds none'],
  ["128 and the signal's number", 'if a signal ended it at once'],
];

export const ENVIRONMENT =
  'Every key of the configuration can also be set in the environment, such as TCPROUTE_PORT. The command line comes first, then the environment, then the file.';
