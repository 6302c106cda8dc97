// Types to the program at a terminal, which script(1) makes.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../bin/tcproute.js', import.meta.url));
const HANGS_MS = 120_000;
const hasScript = spawnSync('script', ['--version']).status === 0;

export const NEEDS_SCRIPT = { skip: hasScript ? false : 'no script(1) here' };

/**
 * Types each text once the one before it has been answered by what is expected. Returns all that was shown, with the exit status
 * and the state of the terminal behind it.
 */
export function atTerminal(
  args: string,
  dialogue: readonly (readonly [expected: string, typed: string])[],
  cwd = '/',
): Promise<string> {
  const shell = `'${process.execPath}' '${program}' ${args}; echo "status $?"; stty -a`;
  const child = spawn('script', ['-qec', shell, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: HANGS_MS,
    cwd,
  });
  let shown = '';
  let answered = 0;
  const left = [...dialogue];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = left;
    if (next === undefined || !shown.slice(answered).includes(next[0])) return;
    answered = shown.length;
    left.shift();
    child.stdin.write(next[1]);
  });
  return new Promise((resolve) => child.once('close', () => resolve(shown)));
}
