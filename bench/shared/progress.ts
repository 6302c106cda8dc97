// Shows the progress of the bench on stderr: a bar on a terminal, a line for each subject and round elsewhere.
import { SingleBar } from 'cli-progress';

export class Progress {
  readonly #bar: SingleBar | undefined;

  constructor(steps: number) {
    if (!process.stderr.isTTY) return;
    this.#bar = new SingleBar({
      format: '{bar} {percentage} % | {what} | {eta_formatted} left',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    });
    this.#bar.start(steps, 0, { what: 'starting' });
  }

  begin(what: string): void {
    if (this.#bar === undefined) process.stderr.write(`${what}\n`);
    else this.#bar.update({ what });
  }

  step(): void {
    this.#bar?.increment();
  }

  end(): void {
    this.#bar?.stop();
  }
}
