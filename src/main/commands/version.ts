// `tcproute --version`: the versions of what the program stands on, and which engine this machine allows. It reads no
// configuration, so it does not know which engine is asked for.
import { machine, release, type } from 'node:os';
import { ownVersion } from '../process/own-version.js';

export async function versionText(): Promise<string> {
  return [
    `tcproute ${ownVersion()}`,
    `Node ${process.versions.node}`,
    `kernel ${type()} ${release()} ${machine()}`,
    ...(await engineLines()),
    '',
  ].join('\n');
}

/** A machine where koffi cannot be loaded is one of those that the text is asked for. */
async function engineLines(): Promise<readonly string[]> {
  try {
    const { koffiVersion } = await import('../../linux/libc.js');
    const { tryUring } = await import('../../linux/engine/choose.js');
    const trial = tryUring();
    return [`koffi ${koffiVersion}`, `engine ${trial.code === 'works' ? 'io_uring, epoll' : `epoll; ${trial.reason}`}`];
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return [`koffi cannot be loaded: ${reason}`, 'engine none'];
  }
}
