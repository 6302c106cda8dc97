// The system calls that a systemd unit allows, as `systemd-analyze syscall-filter` explains its sets; and a command that runs
// another one under a seccomp filter of just these.
import { spawnSync } from 'node:child_process';

/** The names that the lines SystemCallFilter= of a unit leave, in systemd's order: a line with ~ takes away. */
export function allowedCalls(unit: string): readonly string[] {
  const allowed = new Set<string>();
  for (const [, takesAway, names] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const name of names.split(' ').flatMap(expanded)) {
      if (takesAway === '~') allowed.delete(name);
      else allowed.add(name);
    }
  }
  return [...allowed, ...expanded('@default')];
}

function expanded(name: string): readonly string[] {
  if (!name.startsWith('@')) return [name];
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', name], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== name && !line.startsWith('#'))
    .flatMap(expanded);
}

/** Whatever is not allowed kills the process: stricter than the unit, so that nothing is denied without a trace. */
const FILTERED = `
import ctypes, os, socket, sys
KILL_PROCESS, ALLOW, EQUAL = 0x80000000, 0x7fff0000, 4
class Comparison(ctypes.Structure):
    _fields_ = [('arg', ctypes.c_uint), ('op', ctypes.c_int), ('a', ctypes.c_uint64), ('b', ctypes.c_uint64)]
library = ctypes.CDLL('libseccomp.so.2')
library.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(library.seccomp_init(KILL_PROCESS))
families = [getattr(socket, name) for name in sys.argv[2].split(' ')]
for name in sys.argv[1].split(' '):
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0: continue
    if name != 'socket':
        assert library.seccomp_rule_add(context, ALLOW, number, 0) == 0, name
        continue
    for family in families:
        comparison = Comparison(0, EQUAL, family, 0)
        assert library.seccomp_rule_add_array(context, ALLOW, number, 1, ctypes.byref(comparison)) == 0, name
assert library.seccomp_load(context) == 0
os.execvp(sys.argv[3], sys.argv[3:])
`;

/** The beginning of a command line; the command that it runs follows. Takes the text of a unit. */
export function underFilterOf(unit: string): readonly string[] {
  const [, families = ''] = /^RestrictAddressFamilies=(.*)$/m.exec(unit) ?? [];
  return ['python3', '-c', FILTERED, allowedCalls(unit).join(' '), families];
}
