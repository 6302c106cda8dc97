// The recipes and tables of docs/operate.md: configurations in them are loaded, what must fit together does, and what they name
// exists. No container is run.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { mistakeIn, parse } from '../../src/main/command-line/arguments.js';
import { parseDuration } from '../../src/main/config/checks/values/duration.js';
import { load } from '../../src/main/config/load.js';
import { fdsFor } from '../../src/main/process/fd-limit.js';
import type { Configuration } from '../../src/protocol/options.js';
import { root } from '../helpers/gateway.js';
import { gatewayOptions } from '../helpers/gateway-options.js';

const page = readFileSync(join(root, 'docs/operate.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'tcproute-recipes-'));
after(() => rmSync(directory, { recursive: true }));

/** The end takes this beside the drain: the same as in main/process/service-manager.ts. */
const END_MS = 15_000;

/** The block of code that begins with this comment. */
function recipe(name: string): string {
  const found = [...page.matchAll(/^```\w+\n(?:#|\/\/) (\S+)\n([\s\S]*?)^```$/gm)].find(([, begin]) => begin === name);
  return found?.[2] ?? assert.fail(`no ${name} in docs/operate.md`);
}

/** Rows of the table below a line that begins so, without the head. */
function table(begin: string): readonly (readonly string[])[] {
  const at = page.indexOf(`\n${begin}`);
  assert.ok(at >= 0, begin);
  const rows = page.slice(at + 1).split('\n');
  return rows
    .slice(2, rows.indexOf(''))
    .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));
}

const codeIn = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

/** Loads a configuration of a recipe below a folder of the test, where secrets have these texts by their path. */
function loaded(text: string, secrets: Readonly<Record<string, string>>): Configuration {
  const below = mkdtempSync(join(directory, 'root-'));
  mkdirSync(join(below, 'run/tcproute'), { recursive: true });
  for (const [path, secret] of Object.entries(secrets)) {
    mkdirSync(dirname(join(below, path)), { recursive: true });
    writeFileSync(join(below, path), secret, { mode: 0o400 });
  }
  const file = join(below, 'config.json');
  writeFileSync(file, text.replaceAll('"/run/', `"${below}/run/`));
  const read = load({ file, directory: below, environment: {}, flags: {} });
  assert.equal(read.kind, 'loaded', JSON.stringify(read));
  assert.deepEqual(read.warnings, []);
  return (read as Extract<typeof read, { kind: 'loaded' }>).options;
}

/** The command line is one that the program understands. */
function understood([program, ...argv]: readonly string[]): void {
  assert.equal(program, 'tcproute');
  assert.equal(mistakeIn(parse(argv)), undefined, argv.join(' '));
}

interface Compose {
  readonly services: {
    readonly tcproute: {
      readonly ports: readonly string[];
      readonly tmpfs: readonly string[];
      readonly stop_grace_period: string;
      readonly secrets: readonly string[];
      readonly sysctls: Readonly<Record<string, unknown>>;
      readonly healthcheck: { readonly test: readonly string[] };
    };
  };
  readonly secrets: Readonly<Record<string, unknown>>;
}

test('the configuration for containers loads, and Docker and Compose give it what it names and time enough', () => {
  const { services, secrets } = parseYaml(recipe('compose.yaml')) as Compose;
  const { tcproute } = services;
  assert.deepEqual(Object.keys(secrets), tcproute.secrets);
  const texts = Object.fromEntries(tcproute.secrets.map((name) => [`run/secrets/${name}`, 'secret']));
  const { listen, users, drain_timeout_ms, control_socket } = loaded(recipe('config.json'), texts);
  assert.deepEqual(
    users?.inline.map(({ password }) => password),
    ['secret'],
  );
  const [{ place }] = listen;
  assert.ok(place.kind === 'internet' && place.host === '0.0.0.0');
  assert.deepEqual(tcproute.ports, [`${place.port}:${place.port}`]);
  assert.ok(control_socket?.endsWith('/run/tcproute/control'));
  assert.ok(tcproute.tmpfs[0]?.startsWith('/run/tcproute:'));
  understood(tcproute.healthcheck.test.slice(1));
  const [, timeout_s] = /--stop-timeout (\d+)/.exec(page) as RegExpExecArray;
  for (const grace_ms of [Number(timeout_s) * 1000, parseDuration(tcproute.stop_grace_period, 'ms') ?? 0])
    assert.ok(grace_ms >= drain_timeout_ms + END_MS, `${grace_ms}`);
  for (const name of Object.keys(tcproute.sysctls)) assert.ok(page.includes(`--sysctl ${name}=`), name);
});

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [key: string]: unknown;
}

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly {
    readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
    readonly resources: { readonly requests: { readonly cpu: string } };
    readonly startupProbe: { readonly tcpSocket: { readonly port: string } };
    readonly readinessProbe: { readonly tcpSocket: { readonly port: string } };
    readonly livenessProbe: { readonly exec: { readonly command: readonly string[] } };
    readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: true }[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string; readonly defaultMode: number };
    readonly emptyDir?: object;
  }[];
}

test('the objects for Kubernetes fit together, and their configuration loads', () => {
  // Version 1.1, as Kubernetes reads it: 0440 is octal.
  const documents = parseAllDocuments(recipe('tcproute.yaml'), { version: '1.1' });
  const objects = documents.map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS() as Named;
  });
  const one = (kind: string): Named => objects.find((object) => object.kind === kind) ?? assert.fail(kind);
  assert.equal(objects.length, 4);
  const config = one('ConfigMap')['data'] as Record<string, string>;
  const secret = one('Secret')['stringData'] as Record<string, string>;
  const { selector, template } = one('Deployment')['spec'] as {
    readonly selector: { readonly matchLabels: object };
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  };
  const { containers, volumes, terminationGracePeriodSeconds } = template.spec;
  const [container] = containers;
  const service = one('Service')['spec'] as { selector: object; ports: readonly { targetPort: string }[] };
  assert.deepEqual(selector.matchLabels, template.metadata.labels);
  assert.deepEqual(service.selector, template.metadata.labels);

  // Each volume is mounted, and is of an object that is there.
  assert.deepEqual(
    container.volumeMounts.map(({ name }) => name),
    volumes.map(({ name }) => name),
  );
  const mountOf = (test: (volume: Pod['volumes'][number]) => boolean): string => {
    const { name } = volumes.find(test) ?? assert.fail('no such volume');
    return container.volumeMounts.find((mount) => mount.name === name)?.mountPath ?? assert.fail(name);
  };
  assert.equal(
    mountOf(({ configMap }) => configMap?.name === one('ConfigMap').metadata.name),
    '/etc/tcproute',
  );
  const secrets = mountOf((volume) => volume.secret?.secretName === one('Secret').metadata.name);
  assert.equal(volumes.find((volume) => volume.secret)?.secret?.defaultMode, 0o440);
  const texts = Object.fromEntries(Object.entries(secret).map(([name, text]) => [join(secrets, name), text]));
  const options = loaded(config['config.json'] ?? '', texts);
  assert.deepEqual(
    options.users?.inline.map(({ name, password }) => [name, password]),
    Object.entries(secret),
  );
  const run = mountOf(({ emptyDir }) => emptyDir !== undefined);
  assert.equal(dirname(options.control_socket ?? '').endsWith(run), true);

  const [{ place }] = options.listen;
  const [port] = container.ports;
  assert.ok(place.kind === 'internet' && place.port === port.containerPort);
  const ports = [container.startupProbe, container.readinessProbe].map(({ tcpSocket }) => tcpSocket.port);
  for (const name of [...ports, service.ports[0].targetPort]) assert.equal(name, port.name);
  understood(container.livenessProbe.exec.command);
  assert.equal(String(options.workers), container.resources.requests.cpu);
  const [, wait_s] = container.lifecycle.preStop.exec.command;
  const needed_ms = Number(wait_s) * 1000 + options.drain_timeout_ms + END_MS;
  assert.ok(terminationGracePeriodSeconds * 1000 >= needed_ms, `${needed_ms}`);
});

test('the descriptors that are told for so many connections are those that the gateway computes', () => {
  const [, head] = /^(\| connections \| `LimitNOFILE`.*)$/m.exec(page) as RegExpExecArray;
  const workers = [...head.matchAll(/(\d+) workers/g)].map(([, count]) => Number(count));
  const { race, limits } = gatewayOptions();
  const number = (text = ''): number => Number(text.replaceAll(' ', ''));
  const rows = table('| connections | `LimitNOFILE`');
  assert.equal(rows.length, 4);
  for (const [connections, ...told] of rows) {
    const computed = workers.map((count) =>
      fdsFor(number(connections), {
        ...{ workers: count, pipesMax: limits.pipes_max, attemptsMax: race.attempts_max },
        ...{ servers: 3, listeners: 1 },
      }),
    );
    assert.deepEqual(told.map(number), computed, connections);
  }
});

test('each kernel setting of the page is that of the file to copy', () => {
  const file = readFileSync(join(root, 'contrib/systemd/90-tcproute.conf'), 'utf8');
  const inFile = [...file.matchAll(/^-?(\S+) = (.+)$/gm)].map(([, name, value]) => [name, value]);
  const rows = table('| setting | value |').flatMap(([names, values]) =>
    codeIn(names).map((name, index) => [name, values?.split(', ')[index]]),
  );
  for (const [name, value] of inFile) assert.equal(rows.find(([told]) => told === name)?.[1], value, name);
  // The others are right as they are.
  const others = rows.filter(([told]) => !inFile.some(([name]) => name === told)).map(([name]) => name);
  assert.deepEqual(others, [
    ...['net.ipv4.tcp_mem', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem', 'kernel.io_uring_disabled'],
  ]);
});

test('what is to be alerted on is what the gateway says', () => {
  let sources = '';
  for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.ts')) sources += readFileSync(join(root, 'src', file), 'utf8');
  const rows = table('| sign | where |').filter(([, where]) => where !== '`dmesg`');
  const said = rows.flatMap(([sign, , when]) => codeIn(`${sign} ${when}`));
  assert.ok(said.length > 25);
  for (const text of said) assert.ok(sources.includes(text), text);
});

test('each heading that a page links to is there', () => {
  for (const name of ['README.md', 'README.zh-CN.md', 'docs/operate.md', 'docs/config.md', 'docs/clients.md']) {
    const text = readFileSync(join(root, name), 'utf8');
    for (const [, file, anchor] of text.matchAll(/\]\(([\w./-]*)#([a-z\d-]+)\)/g)) {
      const path = file === '' ? name : join(dirname(name), file as string);
      if (path.includes('zh-CN')) continue;
      const headings = [...readFileSync(join(root, path), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      assert.ok(headings.includes(anchor as string), `${name}: ${path}#${anchor}`);
    }
  }
});
