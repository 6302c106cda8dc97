// The help texts: the general one, and that of each command. All of it comes from the table.
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

const WIDTH = 100;
/** Where the second column begins. */
const INDENT = 24;

/** `name`: of a command; undefined for the general text. */
export function helpText(name?: string): string {
  const command = name === undefined ? undefined : COMMANDS[name];
  return command === undefined ? generalText() : commandText(name as string, command);
}

function generalText(): string {
  const commands = Object.entries(COMMANDS).map(([name, { argument, about }]) =>
    row([name, argument?.word ?? ''].join(' ').trim(), about),
  );
  const statuses = EXIT_STATUSES.map(([status, meaning]) => `${status} ${meaning}`).join('; ');
  return [
    'Usage: tcproute [OPTION…]',
    '       tcproute COMMAND [OPTION…]',
    '',
    PURPOSE,
    '',
    `Without a command it does this: ${GATEWAY.about}.`,
    ...optionRows(GATEWAY),
    '',
    'Commands (`tcproute COMMAND --help` has the options of each):',
    ...commands,
    '',
    ...wrapped(`Exit status: ${statuses}.`, 0),
    '',
    ...wrapped(ENVIRONMENT, 0),
    '',
  ].join('\n');
}

function commandText(name: string, command: Command): string {
  const { argument, about, more } = command;
  return [
    ['Usage: tcproute', name, ...(argument === undefined ? [] : [argument.word]), '[OPTION…]'].join(' '),
    '',
    ...wrapped(`${capital(about)}.`, 0),
    ...more.flatMap((sentence) => wrapped(sentence, 0)),
    '',
    ...optionRows(command),
    '',
  ].join('\n');
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const optionRows = (command: Command): readonly string[] =>
  flagsOf(command).map((name) => row(optionText(name), aboutText(name, command)));

/** `-c, --config FILE` */
function optionText(name: FlagName): string {
  const { short, word } = flagOf(name);
  const long = word === undefined ? `--${name}` : `--${name} ${word}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

export function aboutText(name: FlagName, { abouts }: Pick<Command, 'abouts'>): string {
  const { about: general, usual } = flagOf(name);
  const about = abouts?.[name] ?? general;
  return usual === undefined ? about : `${about} (default: ${usual})`;
}

function row(left: string, text: string): string {
  const [first = '', ...rest] = wrapped(text, INDENT);
  const head = `  ${left}`;
  if (head.length > INDENT - 2) return [head, first, ...rest].join('\n');
  return [head.padEnd(INDENT) + first.trimStart(), ...rest].join('\n');
}

/** Lines of at most WIDTH characters, each behind `indent` spaces. */
function wrapped(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => ' '.repeat(indent) + one);
}
