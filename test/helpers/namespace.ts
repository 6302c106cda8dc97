// Starts a helper script in new namespaces, so that its loopback, ports and files are its own, and nothing leaves the
// machine. Tests are skipped where the machine cannot make namespaces.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const FLAGS = ['--map-root-user', '--net', '--mount', '--uts'];

/** Why no namespace can be made here; undefined if one can. */
export function withoutNamespaces(): string | undefined {
  const made = spawnSync('unshare', [...FLAGS, 'sh', '-c', 'ip link set lo up && hostname box'], { encoding: 'utf8' });
  return made.status === 0 ? undefined : `no namespaces here: ${made.error?.message ?? made.stderr.trim()}`;
}

/** A running script (the URL of a compiled module) that answers each message with one message. */
export class Namespace<Asked, Answered> {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start<Asked, Answered>(script: URL): Promise<Namespace<Asked, Answered>> {
    const child = spawn('unshare', [...FLAGS, process.execPath, '--enable-source-maps', script.pathname], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const namespace = new Namespace<Asked, Answered>(child);
    await namespace.#answer();
    return namespace;
  }

  async ask(asked: Asked): Promise<Answered> {
    this.#child.send(asked as object);
    return (await this.#answer()) as Answered;
  }

  async close(): Promise<void> {
    const closed = once(this.#child, 'exit');
    this.#child.disconnect();
    await closed;
  }

  async #answer(): Promise<unknown> {
    const heard = new AbortController();
    const { signal } = heard;
    const message = await Promise.race([
      once(this.#child, 'message', { signal }).then(([message]) => message as { error?: string }),
      once(this.#child, 'close', { signal }).then(([status]) => ({ error: `it has ended with ${status}` })),
    ]).finally(() => heard.abort());
    if (message.error !== undefined) throw new Error(message.error);
    return message;
  }
}
