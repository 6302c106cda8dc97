// ssh with the line of docs/clients.md logs in at a real sshd and runs a command there, which needs every byte of both directions.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { client, newFolder } from '../helpers/page-clients.js';
import { missing } from '../helpers/proxies.js';
import { TestServer } from '../helpers/servers.js';
import { SITE_NAME } from '../helpers/site.js';

/** It insists on being started by its whole path, which is seldom in that of people. */
const SSHD = spawnSync('which', ['sshd'], { encoding: 'utf8' }).stdout.trim() || '/usr/sbin/sshd';
/** Where root runs it, sshd locks its unprivileged part into this folder, which the start of its service makes. */
const CAGE = '/run/sshd';

function withoutSshd(): string | undefined {
  if (!existsSync(SSHD)) return 'sshd is not installed';
  if (userInfo().uid === 0 && !existsSync(CAGE)) return `there is no ${CAGE}`;
  return missing('ssh') ?? missing('nc');
}

/** An sshd for each connection, which lets in who has the key in `folder`. */
async function sshServer(folder: string): Promise<TestServer> {
  for (const name of ['host', 'user']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  }
  const config = join(folder, 'sshd_config');
  const settings = {
    HostKey: join(folder, 'host'),
    AuthorizedKeysFile: join(folder, 'user.pub'),
    ...{ UsePAM: 'no', StrictModes: 'no', PasswordAuthentication: 'no', PermitRootLogin: 'yes', PidFile: 'none' },
  };
  writeFileSync(
    config,
    Object.entries(settings)
      .map((setting) => `${setting.join(' ')}\n`)
      .join(''),
  );
  // What it finds wrong is said here: a connection would only wait.
  execFileSync(SSHD, ['-t', '-f', config]);
  return TestServer.listen((socket) => {
    const sshd = spawn(SSHD, ['-i', '-e', '-f', config], { stdio: ['pipe', 'pipe', 'ignore'] });
    sshd.stdin.on('error', () => {});
    socket.pipe(sshd.stdin);
    sshd.stdout.pipe(socket);
    socket.once('close', () => sshd.kill());
  });
}

client(
  'ssh logs in by way of nc, and runs a command',
  [],
  async (visit) => {
    const cwd = newFolder();
    const server = visit.world.use(await sshServer(cwd));
    const options = [
      ...['BatchMode=yes', 'ConnectTimeout=20', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no'],
      ...['UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'],
    ];
    const flags = `-F /dev/null -p ${server.port} -i ${join(cwd, 'user')} ${options.map((one) => `-o ${one}`).join(' ')}`;
    const command = 'seq 100000';
    const { output } = await visit.lines('ssh', {
      cwd,
      change: (line) =>
        line
          .replace('ssh', `ssh ${flags}`)
          .replace('user@example.org', `${userInfo().username}@${SITE_NAME} '${command}'`),
    });
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    assert.equal(output, stdout);
  },
  withoutSshd(),
);
