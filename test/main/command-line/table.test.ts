// Every command and option of the table is in the help, the completions and the man page, and shells take the completions.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMANDS, FLAGS, type FlagName, flagsOf, GATEWAY } from '../../../src/main/command-line/commands.js';
import { completionText } from '../../../src/main/command-line/completion.js';
import { helpText } from '../../../src/main/command-line/help.js';
import { manualText } from '../../../src/main/command-line/manual.js';
import { FILES, SIGNALS, VARIABLES } from '../../../src/main/command-line/surroundings.js';
import { KEYS } from '../../../src/main/config/keys.js';

const SHELLS = COMMANDS['completion']?.argument?.values ?? [];
const root = new URL('../../../../', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'tcproute-completion-'));
after(() => rmSync(directory, { recursive: true }));

const names = Object.keys(COMMANDS);
const flags = Object.keys(FLAGS) as FlagName[];

/** Whether the word stands there, not as a part of another one. */
function has(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text);
}

test('each option belongs to the gateway or to a command', () => {
  const used = [GATEWAY, ...Object.values(COMMANDS)].flatMap(flagsOf);
  assert.deepEqual(
    flags.filter((flag) => !used.includes(flag)),
    [],
  );
});

test('the general help has every command, and the options of the gateway', () => {
  const text = helpText();
  for (const name of names) assert.ok(has(text, name), name);
  for (const flag of flagsOf(GATEWAY)) assert.ok(has(text, `--${flag}`), flag);
});

test('the help of a command has all of its options, and none else', () => {
  for (const name of names) {
    const text = helpText(name);
    const own = flagsOf(COMMANDS[name] ?? GATEWAY);
    const shown = flags.filter((flag) => has(text, `--${flag}`));
    assert.deepEqual(shown.sort(), [...own].sort(), name);
  }
});

test('no line of a help is longer than 100 characters', () => {
  const lines = [undefined, ...names].flatMap((name) => helpText(name).split('\n'));
  assert.deepEqual(
    lines.filter((line) => line.length > 100),
    [],
  );
});

test('the man page has every command and option, and is the one that is shipped', () => {
  const text = manualText('0.0.0').replaceAll('\\-', '-');
  for (const name of names) assert.match(text, new RegExp(`^\\.SS ${name}\\b`, 'm'));
  for (const flag of flags) assert.ok(has(text, `fB--${flag}`), flag);
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  assert.equal(readFileSync(new URL('man/tcproute.1', root), 'utf8'), manualText(version));
});

test('the man page has every signal of README, each key for a file, and each variable that the code reads', () => {
  const [, table = ''] = /^### Stop it\n\n((?:\|.*\n)+)/m.exec(readFileSync(new URL('README.md', root), 'utf8')) ?? [];
  const signals = (text: string): string[] => [...text.matchAll(/\bSIG[A-Z\d]+\b/g)].map(([name]) => name);
  const inReadme = table.split('\n').flatMap((row) => signals(row.split('|')[1] ?? ''));
  assert.ok(inReadme.length >= 7);
  assert.deepEqual(
    SIGNALS.flatMap(([names]) => signals(names)),
    inReadme,
  );
  const keys = FILES.flatMap(([names]) => [...names.matchAll(/`([^`]+)`/g)].map(([, key]) => key));
  assert.ok(keys.length >= 6);
  for (const key of keys)
    assert.ok(
      KEYS.some(({ path }) => path === key),
      key,
    );
  const variables = VARIABLES.flatMap(([names]) => names.split(', '));
  const read = variablesRead();
  assert.ok(read.has('CREDENTIALS_DIRECTORY') && read.has('RES_OPTIONS') && read.has('WATCHDOG_PID'));
  for (const name of read) assert.ok(variables.includes(name), name);
});

/** Those that the sources name behind `env` and in lists of variables. */
function variablesRead(): Set<string> {
  const read = new Set<string>();
  for (const file of readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(new URL(`src/${file}`, root), 'utf8');
    for (const [, name] of text.matchAll(/\benv(?:ironment)?\['([A-Z_]+)'\]/g)) read.add(name);
    for (const [, names] of text.matchAll(
      /(?:VARIABLES = \[|\{ )((?:'?[A-Z_]{4,}'?(?:: \w+)?(?: = '\w*')?(?:, )?)+)(?:\]| \} = environment)/g,
    ))
      for (const [name] of names.matchAll(/\b[A-Z_]{4,}\b/g)) read.add(name);
  }
  return read;
}

test('the completion for each shell has every command and option', () => {
  for (const shell of SHELLS) {
    const text = completionText(shell);
    for (const name of names) assert.ok(has(text, name), `${shell}: ${name}`);
    for (const flag of flags) assert.ok(has(text, shell === 'fish' ? `-l ${flag}` : `--${flag}`), `${shell}: ${flag}`);
  }
});

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  writeFileSync(join(directory, 'bash'), completionText('bash'));
  const script = `source ./bash
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _tcproute; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const argv = ['--norc', '-uc', script, 'bash', 'tcproute', ...words];
  const { status, stdout, stderr } = spawnSync('bash', argv, { cwd: directory, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.trimEnd().split('\n');
}

describe('bash', () => {
  test('takes the completion from the program itself', () => {
    const program = fileURLToPath(new URL('bin/tcproute.js', root));
    const script = 'source <("$0" "$1" completion bash) && complete -p tcproute';
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, process.execPath, program], {
      encoding: 'utf8',
    });
    assert.deepEqual([stdout, stderr], ['complete -F _tcproute tcproute\n', '']);
  });

  test('offers the commands', () => {
    assert.deepEqual(offered('c'), ['check', 'connections', 'completion']);
    assert.deepEqual(
      names.filter((name) => !offered('').includes(name)),
      [],
    );
  });

  test('offers the options of the command that stands before, also behind options with values', () => {
    assert.deepEqual(offered('explain', '--t'), ['--tls', '--tag', '--token-file']);
    assert.deepEqual(offered('-c', 'explain', 'check', '--d'), ['--dial']);
    assert.deepEqual(offered('--port', '1', 'dns', '--j'), ['--json']);
    assert.deepEqual(offered('--config', '=', 'x', 'dns', '--j'), ['--json']);
    assert.deepEqual(offered('passwd', '--j'), ['']);
    for (const name of names)
      for (const flag of flagsOf(COMMANDS[name] ?? GATEWAY))
        assert.ok(offered(name, `--${flag}`).includes(`--${flag}`));
  });

  test('offers values and files', () => {
    assert.deepEqual(offered('--log-level', 'w'), ['warn']);
    assert.deepEqual(offered('--log-level', '=', 'w'), ['warn']);
    assert.deepEqual(offered('completion', 'z'), ['zsh']);
    writeFileSync(join(directory, 'my config.json'), '{}');
    assert.deepEqual(offered('check', '-c', 'my'), ['my config.json']);
    assert.deepEqual(offered('--port', ''), ['']);
  });
});

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

test('zsh takes the completion', { skip: isThere('zsh') ? false : 'zsh is not installed' }, () => {
  writeFileSync(join(directory, 'zsh'), completionText('zsh'));
  const script = 'autoload -Uz compinit && compinit -u -D && source ./zsh && print $_comps[tcproute]';
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { cwd: directory, encoding: 'utf8' });
  assert.deepEqual([stdout, stderr], ['_tcproute\n', '']);
});

test('fish takes the completion', { skip: isThere('fish') ? false : 'fish is not installed' }, () => {
  writeFileSync(join(directory, 'fish'), completionText('fish'));
  const first = (line: string): string[] => {
    const script = `source ./fish; complete -C ${JSON.stringify(line)}`;
    const env = { ...process.env, HOME: directory };
    const { status, stdout, stderr } = spawnSync('fish', ['-N', '-c', script], {
      cwd: directory,
      env,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
    return stdout
      .trimEnd()
      .split('\n')
      .map((offer) => offer.split('\t')[0] as string);
  };
  assert.deepEqual(first('tcproute c'), ['check', 'completion', 'connections']);
  assert.deepEqual(first('tcproute explain --t').sort(), ['--tag', '--tls', '--token-file']);
  assert.deepEqual(first('tcproute --log-level w'), ['warn']);
  assert.deepEqual(first('tcproute completion z'), ['zsh']);
});
