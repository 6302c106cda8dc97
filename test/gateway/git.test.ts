// git clones and pushes by its smart protocol, through each kind of proxy that it knows, without and with a user. A push that is
// larger than http.postBuffer goes in chunks.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inBothEngines } from '../helpers/gateway-world.js';
import { gitServer } from '../helpers/git-server.js';
import { missing } from '../helpers/proxies.js';

const run = promisify(execFile);
const TIMEOUT_MS = 90_000;
const NAME = 'git.test';
/** More than http.postBuffer, whose default is 1 MiB. */
const LARGE = 1_500_000;

const SCHEMES = ['http', 'socks5', 'socks5h', 'socks4a'] as const;
/** SOCKS4 cannot name a user. */
const SCHEMES_WITH_USER = ['http', 'socks5h'] as const;

for (const [who, login, schemes] of [
  ['', '', SCHEMES],
  [', as a user', 'alice:sekrit@', SCHEMES_WITH_USER],
] as const) {
  inBothEngines(
    `git clones and pushes by ${schemes.join(', ')}${who}`,
    async (world) => {
      const folder = mkdtempSync(join(tmpdir(), 'git-'));
      world.use({ close: () => rmSync(folder, { recursive: true, force: true }) });
      const server = world.use(await gitServer(folder));
      const users = login === '' ? {} : { users: { alice: { password: 'sekrit' } } };
      const gateway = await world.gateway({ hosts: { [NAME]: '127.0.0.1' }, ...users, log_level: 'debug' });
      const env = { PATH: process.env['PATH'], HOME: folder, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
      const settings = ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'init.defaultBranch=main'];
      const git = (cwd: string, ...args: readonly string[]) =>
        run('git', [...settings, ...args], { cwd, env, timeout: 60_000 });
      await git(folder, 'init', '-q', '--bare', 'project.git');
      for (const scheme of schemes) {
        const proxy = ['-c', `http.proxy=${scheme}://${login}127.0.0.1:${gateway.port}`];
        // By socks5, git resolves the name itself.
        const host = scheme === 'socks5' ? '127.0.0.1' : NAME;
        const url = `http://${host}:${server.port}/project.git`;
        const [work, copy] = [`${scheme}-work`, `${scheme}-copy`];
        await git(folder, ...proxy, 'clone', '-q', url, work);
        const content = randomBytes(LARGE);
        writeFileSync(join(folder, work, scheme), content);
        await git(join(folder, work), 'add', scheme);
        await git(join(folder, work), 'commit', '-q', '-m', scheme);
        await git(join(folder, work), ...proxy, 'push', '-q', 'origin', 'HEAD:main');
        await git(folder, ...proxy, 'clone', '-q', '-b', 'main', url, copy);
        assert.ok(readFileSync(join(folder, copy, scheme)).equals(content), scheme);
      }
      assert.doesNotMatch(gateway.output, /sekrit/);
    },
    TIMEOUT_MS,
    missing('git'),
  );
}
