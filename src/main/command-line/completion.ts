// The completion of commands, options and their values, as a script for a shell. All of it comes from the table; the scripts
// run no tcproute.
import { COMMANDS, type Command, FLAGS, type FlagName, flagOf, flagsOf, GATEWAY } from './commands.js';
import { aboutText } from './help.js';

/** `shell`: one of those of the command `completion`. */
export function completionText(shell: string): string {
  if (shell === 'bash') return bash();
  return shell === 'zsh' ? zsh() : fish();
}

const FLAG_NAMES = Object.keys(FLAGS) as FlagName[];
const WITH_VALUE = FLAG_NAMES.filter((name) => FLAGS[name].type === 'string');
const OF_FILES = WITH_VALUE.filter((name) => flagOf(name).values === 'files');
const wordsOf = (name: FlagName): readonly string[] => {
  const { values } = flagOf(name);
  return values === undefined || values === 'files' ? [] : values;
};
const ENTRIES = Object.entries(COMMANDS);

/** `-c` and `--config` */
function spellings(name: FlagName): readonly string[] {
  const { short } = flagOf(name);
  return [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
}

const spelt = (command: Command): readonly string[] => flagsOf(command).flatMap(spellings);

function bash(): string {
  const pattern = (names: readonly FlagName[]): string => names.flatMap(spellings).join('|');
  const words = (command: Command): string => [...(command.argument?.values ?? []), ...spelt(command)].join(' ');
  const chosen = WITH_VALUE.filter((name) => wordsOf(name).length > 0);
  return `# Completion of tcproute for bash: source <(tcproute completion bash)
_tcproute() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command= index words
  # bash takes --option=value for three words.
  if [[ $current == '=' ]]; then current=
  elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${pattern(WITH_VALUE)}) [[ \${COMP_WORDS[index + 1]} == '=' ]] && ((index++)); ((index++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  COMPREPLY=()
  case $before in
    ${pattern(OF_FILES)})
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
${chosen.map((name) => `    ${pattern([name])}) mapfile -t COMPREPLY < <(compgen -W '${wordsOf(name).join(' ')}' -- "$current"); return ;;`).join('\n')}
    ${pattern(WITH_VALUE)}) return ;;
  esac
  case $command in
    '') words='${[...Object.keys(COMMANDS), ...spelt(GATEWAY)].join(' ')}' ;;
${ENTRIES.map(([name, command]) => `    ${name}) words='${words(command)}' ;;`).join('\n')}
    *) return ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _tcproute tcproute
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(): string {
  const action = (name: FlagName): string => {
    if (flagOf(name).values === 'files') return '_files';
    return wordsOf(name).length > 0 ? `(${wordsOf(name).join(' ')})` : ' ';
  };
  const described = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');
  const spec = (name: FlagName, command: Command): string => {
    const { word } = flagOf(name);
    const rest = `[${described(aboutText(name, command))}]${word === undefined ? '' : `:${word}:${action(name)}`}`;
    const names = spellings(name);
    return names.map((one) => quoted(`(${names.join(' ')})${one}${word === undefined ? '' : '='}${rest}`)).join(' ');
  };
  // A short option is never written with "=".
  const specs = (command: Command): readonly string[] =>
    flagsOf(command).map((name) => spec(name, command).replaceAll(/(\)-\w)=/g, '$1+'));
  const argument = ({ argument }: Command): readonly string[] =>
    argument === undefined ? [] : [quoted(`1:${described(argument.word)}:(${(argument.values ?? []).join(' ')})`)];
  const cases = ENTRIES.map(
    ([name, command]) => `    ${name}) _arguments ${[...argument(command), ...specs(command)].join(' \\\n      ')} ;;`,
  );
  return `#compdef tcproute
# Completion of tcproute for zsh: source <(tcproute completion zsh), after compinit
_tcproute() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${ENTRIES.map(([name, { about }]) => `    ${quoted(`${name}:${about.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _arguments -C ${specs(GATEWAY).join(' \\\n    ')} \\
    '1: :->command' '*:: :->rest'
  [[ $state == command ]] && _describe command commands
  [[ $state == rest ]] && case $line[1] in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _tcproute ]]; then _tcproute "$@"; else compdef _tcproute tcproute; fi
`;
}

function fish(): string {
  const text = (about: string): string => `'${about.replace(/[\\']/g, '\\$&')}'`;
  const option = (name: FlagName, command: Command, condition: string): string => {
    const { short, word } = flagOf(name);
    const value = flagOf(name).values === 'files' ? '-r -F' : '-x';
    return [
      `complete -c tcproute -n ${text(condition)}`,
      ...(short === undefined ? [] : [`-s ${short}`]),
      `-l ${name}`,
      ...(word === undefined ? [] : [value]),
      ...(wordsOf(name).length > 0 ? [`-a ${text(wordsOf(name).join(' '))}`] : []),
      `-d ${text(aboutText(name, command))}`,
    ].join(' ');
  };
  const none = '__fish_use_subcommand';
  const lines = ENTRIES.flatMap(([name, command]) => {
    const seen = `__fish_seen_subcommand_from ${name}`;
    const words = command.argument?.values?.join(' ');
    return [
      `complete -c tcproute -n ${none} -a ${name} -d ${text(command.about)}`,
      ...(words === undefined ? [] : [`complete -c tcproute -n ${text(seen)} -a ${text(words)}`]),
      ...flagsOf(command).map((flag) => option(flag, command, seen)),
    ];
  });
  return `# Completion of tcproute for fish
complete -c tcproute -f
${[...flagsOf(GATEWAY).map((flag) => option(flag, GATEWAY, none)), ...lines].join('\n')}
`;
}
