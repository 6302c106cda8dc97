// The man page, in roff (man(7)). scripts/manual.mjs writes it to man/tcproute.1. All of it comes from the tables.
import {
  COMMANDS,
  type Command,
  ENVIRONMENT,
  EXIT_STATUSES,
  type FlagName,
  flagOf,
  flagsOf,
  GATEWAY,
  PURPOSE,
} from './commands.js';
import { aboutText, capital } from './help.js';
import { FILES, SIGNALS, VARIABLES } from './surroundings.js';

export function manualText(version: string): string {
  return [
    '.\\" Made by scripts/manual.mjs from the tables in src/main/command-line: change those, not this file.',
    `.TH TCPROUTE 1 "" "tcproute ${escaped(version)}" "User commands"`,
    '.SH NAME',
    'tcproute \\- a SOCKS and HTTP gateway that races lines and remembers the winner',
    '.SH SYNOPSIS',
    ...[['', GATEWAY] as const, ...Object.entries(COMMANDS)].flatMap(([name, command]) => [
      '.nf',
      synopsis(name, command),
      '.fi',
    ]),
    '.SH DESCRIPTION',
    escaped(PURPOSE),
    `Without a command it does this: ${escaped(GATEWAY.about)}.`,
    '.SH OPTIONS',
    ...options(GATEWAY),
    '.SH COMMANDS',
    ...Object.entries(COMMANDS).flatMap(([name, command]) => section(name, command)),
    '.SH "EXIT STATUS"',
    ...entries(EXIT_STATUSES),
    '.SH SIGNALS',
    ...entries(SIGNALS),
    '.SH FILES',
    ...entries(FILES),
    '.SH ENVIRONMENT',
    escaped(ENVIRONMENT),
    ...entries(VARIABLES),
    '.SH "SEE ALSO"',
    'docs/config.md and docs/operate.md in the folder of the package',
    '',
  ].join('\n');
}

const entries = (table: readonly (readonly [string, string])[]): readonly string[] =>
  table.flatMap(([what, meaning]) => ['.TP', escaped(what), escaped(meaning)]);

function synopsis(name: string, { argument }: Command): string {
  const words = ['tcproute', ...(name === '' ? [] : [name]), ...(argument === undefined ? [] : [argument.word])];
  return `${escaped(words.join(' '))} [option ...]`;
}

function section(name: string, command: Command): readonly string[] {
  const { argument, about, more } = command;
  return [
    `.SS ${escaped([name, ...(argument === undefined ? [] : [argument.word])].join(' '))}`,
    `${escaped(capital(about))}.`,
    ...more.flatMap((sentence) => ['.br', escaped(sentence)]),
    ...options(command),
  ];
}

const options = (command: Command): readonly string[] =>
  flagsOf(command).flatMap((name) => ['.TP', heading(name), escaped(aboutText(name, command))]);

function heading(name: FlagName): string {
  const { short, word } = flagOf(name);
  const spellings = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map(
    (one) => `\\fB${escaped(one)}\\fR`,
  );
  return spellings.join(', ') + (word === undefined ? '' : ` \\fI${escaped(word)}\\fR`);
}

/** A text that roff shows as it is; none begins with a control character. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replaceAll('…', '...')
    .replace(/^[.']/, '\\&$&');
}
