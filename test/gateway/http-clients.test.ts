// Clients that others wrote, as docs/clients.md sets them: its lines are run here. Programs that install packages are in
// package-clients.test.ts, browsers in browser.test.ts, and Docker in docker-lines.test.ts.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  client,
  clientWithUser,
  LINES,
  newFolder,
  pages,
  plainUrl,
  runScript,
  secureUrl,
  site,
  siteFolder,
} from '../helpers/page-clients.js';
import { PeerServer } from '../helpers/servers.js';
import { PAGE, SITE_NAME } from '../helpers/site.js';

const run = promisify(execFile);

test('the page has a line for each client', () => {
  assert.deepEqual(
    [...LINES.keys()],
    [
      'A browser',
      'curl',
      'Programs that read the environment',
      'git',
      'ssh',
      'npm',
      'pip',
      'apt',
      'docker build',
      'Java',
    ],
  );
});

clientWithUser('curl', ['curl'], async (visit) => {
  const { output } = await visit.lines('curl', { change: (line) => line.replace('curl', 'curl -sS --max-time 20') });
  assert.equal(pages(output), 3);
});

clientWithUser('curl uploads in chunks and waits for 100', ['curl'], async (visit) => {
  const puts = (): number => site.visits.filter((one) => one === 'PUT /').length;
  const before = puts();
  const { output } = await visit.lines('curl', {
    change: (line) => line.replace('curl', 'echo body | curl -sS --max-time 20 -T - -H "Expect: 100-continue"'),
  });
  assert.equal(pages(output), 3);
  assert.equal(puts() - before, 3);
});

client('curl shows which user it is, for a tunnel and for a URL', ['curl'], async ({ world }) => {
  const users = { alice: { password: 'sekrit' } };
  const { port } = await world.gateway({ nameservers: `127.0.0.1:${site.dns.port}`, users });
  const ca = join(newFolder(), 'ca.pem');
  writeFileSync(ca, site.ca);
  const ask = async (url: string, who: string): Promise<string> => {
    const args = ['-sS', '--max-time', '20', '--cacert', ca, '-x', `http://127.0.0.1:${port}`, '--proxy-user', who];
    return (await run('curl', [...args, '-w', '%{http_code} %{http_connect}', url])).stdout;
  };
  const [plain, secure] = [`${plainUrl()}/`, `${secureUrl()}/`];
  assert.equal(await ask(plain, 'alice:sekrit'), `${PAGE}200 000`);
  assert.equal(await ask(secure, 'alice:sekrit'), `${PAGE}200 200`);
  assert.match(await ask(plain, 'alice:wrong'), /the user name or the password is wrong.*\n407 000$/);
  await assert.rejects(ask(secure, 'alice:wrong'), /407/);
});

clientWithUser('wget and Python', ['wget', 'python3'], async (visit) => {
  const { output } = await visit.lines('Programs that read the environment');
  assert.equal(pages(output), 4);
});

clientWithUser('requests, as pip has it', ['python3', 'pip'], async (visit) => {
  const { output } = await visit.lines('Programs that read the environment', {
    change: (line) => {
      if (line.startsWith('export')) return line;
      const scheme = line.includes('https://') ? 'https' : 'http';
      return `python3 -c 'from pip._vendor import requests as r; print(r.get("${scheme}://example.org/", verify="ca.pem").text)'`;
    },
  });
  assert.equal(pages(output), 4);
});

clientWithUser('git clones', ['git'], async (visit) => {
  const [work, bare] = [newFolder(), join(siteFolder, 'project.git')];
  if (!existsSync(bare)) {
    const git = (...args: readonly string[]) =>
      run('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', '-c', 'init.defaultBranch=main', ...args], {
        cwd: work,
      });
    await git('init', '-q');
    writeFileSync(join(work, 'file'), 'of the repository\n');
    await git('add', 'file');
    await git('commit', '-q', '-m', 'first');
    await git('clone', '-q', '--bare', '.', bare);
    await run('git', ['update-server-info'], { cwd: bare });
  }
  const { cwd } = await visit.lines('git');
  assert.equal(readFileSync(join(cwd, 'project/file'), 'utf8'), 'of the repository\n');
});

client('ssh by way of nc', ['ssh', 'nc'], async (visit) => {
  await visit.gateway();
  const server = visit.world.use(await PeerServer.listen());
  const ran = visit.lines('ssh', {
    change: (line) =>
      line
        .replace('ssh', `ssh -p ${server.port} -o BatchMode=yes -o ConnectTimeout=20`)
        .replace('example.org', SITE_NAME),
  });
  const peer = await server.accepted();
  peer.send('SSH-2.0-test\r\n');
  assert.equal((await peer.read(8)).toString(), 'SSH-2.0-');
  // At an end of stream alone, nc would wait for ssh.
  peer.reset();
  await assert.rejects(ran);
});

const PROGRAM = `public class Visit {
  public static void main(String[] args) throws Exception {
    for (String url : args)
      System.out.write(java.net.URI.create(url).toURL().openStream().readAllBytes());
    System.out.flush();
  }
}
`;
/** It names the user to whoever asks. */
const PROGRAM_OF_A_USER = PROGRAM.replace(
  'Exception {',
  `Exception {
    java.net.Authenticator.setDefault(new java.net.Authenticator() {
      protected java.net.PasswordAuthentication getPasswordAuthentication() {
        return new java.net.PasswordAuthentication("alice", "sekrit".toCharArray());
      }
    });`,
);

function withoutJava(): string | undefined {
  const { status, stdout } = spawnSync('java', ['--list-modules'], { encoding: 'utf8' });
  return status === 0 && stdout.includes('jdk.compiler') ? undefined : 'no JDK is installed';
}

client(
  'Java',
  [],
  async (visit) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'Visit.java'), PROGRAM);
    const change = (line: string): string => line.replace('-jar program.jar', 'Visit.java http://example.org/');
    assert.equal(pages((await visit.lines('Java', { change, cwd })).output), 2);
  },
  withoutJava(),
);

client(
  'Java, as a user',
  [],
  async ({ world }) => {
    const users = { alice: { password: 'sekrit' } };
    const { port } = await world.gateway({ nameservers: `127.0.0.1:${site.dns.port}`, users });
    const cwd = newFolder();
    writeFileSync(join(cwd, 'Visit.java'), PROGRAM_OF_A_USER);
    const lines = (LINES.get('Java') ?? []).map((line) =>
      line.replaceAll('Port=7070', `Port=${port}`).replace('-jar program.jar', `Visit.java ${plainUrl()}/`),
    );
    assert.equal(pages((await runScript(lines.join('\n'), {}, cwd)).output), 2);
  },
  withoutJava(),
);
