// `npm run bench:race`: runs the fault matrix and the amplification run, prints a table for each subject and topology, writes a
// JSON file, and ends with an exit status that says whether the gateway does what it promises.
import { clientHello } from '../../test/helpers/tls-hello.js';
import { TLS_NAME } from '../../test/helpers/tls-server.js';
import { raiseFileLimit } from '../process/file-limit.js';
import { machine, writeResults } from '../results/results.js';
import { type Amplification, amplification } from './amplification.js';
import { Course } from './course.js';
import { Field } from './field/ends.js';
import { type Part, planMatrix, runMatrix } from './matrix.js';
import { parseOptions, type RaceOptions, USAGE } from './options.js';
import { formatAmplification, formatPart, isAmplified, isBad, type Judged, judged } from './report.js';
import type { Subject } from './subjects/subject.js';
import { SUBJECTS } from './subjects/subjects.js';
import { TOPOLOGIES } from './subjects/topologies.js';

/** Raised with every change that a reader of these files would notice. */
const FORMAT = 1;

const subjectOf = (name: string): Subject => SUBJECTS.find((subject) => subject.name === name) as Subject;

/** Prints the results of a part; returns a line for each result that breaks a promise. */
function tell(part: Part, options: RaceOptions): string[] {
  const { remark, asserted } = subjectOf(part.subject);
  const topology = TOPOLOGIES.find(({ name }) => name === part.topology);
  const rows = judged(part);
  const title = `${part.subject}, ${topology?.title}${remark === undefined ? '' : ` (${remark})`}`;
  process.stdout.write(`${formatPart(rows, title, asserted)}\n`);
  const where = `${part.subject}, ${part.topology}`;
  if (part.trouble !== undefined) process.stderr.write(`${where}: ${part.trouble}\n`);
  if (!asserted) return [];
  const bad = rows.filter((row) => isBad(row, isTimed(row, options)));
  return [
    ...(part.trouble === undefined ? [] : [`${where}: ${part.trouble}`]),
    ...bad.map(
      ({ fault, bad: count, state, speech }) => `${where}: ${fault ?? 'no fault'} ×${count}, ${state}, ${speech}`,
    ),
  ];
}

/** Times are promised for one bad line, and the times of a quick run are noise. */
const isTimed = ({ bad }: Judged, { quick }: RaceOptions): boolean => !quick && bad === 1;

async function amplify(options: RaceOptions, field: Field, hello: Uint8Array): Promise<Amplification | undefined> {
  const [subject] = SUBJECTS.filter(({ asserted, name }) => asserted && options.subjects.includes(name));
  const [topology] = TOPOLOGIES;
  if (options.amplification === 0 || subject === undefined) return undefined;
  process.stderr.write(`${subject.name}, amplification\n`);
  return amplification(await Course.lay(subject, topology, options, field, hello), options.amplification);
}

async function bench(options: RaceOptions): Promise<number> {
  const began = new Date();
  raiseFileLimit();
  const field = new Field();
  const parts: Part[] = [];
  const wrong: string[] = [];
  let amplified: Amplification | undefined;
  try {
    await field.ready();
    const hello = await clientHello({ servername: TLS_NAME });
    await runMatrix(planMatrix(options), options, field, hello, (part) => {
      parts.push(part);
      wrong.push(...tell(part, options));
    });
    amplified = await amplify(options, field, hello);
  } finally {
    field.stop();
  }
  if (amplified !== undefined) {
    process.stdout.write(`${formatAmplification(amplified)}\n`);
    if (isAmplified(amplified, !options.quick)) wrong.push('amplification');
  }
  const name = `race-${began.toISOString()}`;
  const cells = parts.flatMap((part) => judged(part));
  const results = { format: FORMAT, began: began.toISOString(), machine: machine(), options, cells, amplified, wrong };
  process.stdout.write(`all of it in ${writeResults(options.json, name, results)}\n`);
  for (const what of wrong) process.stderr.write(`FAILED  ${what}\n`);
  return wrong.length === 0 ? 0 : 1;
}

// Only `exit` ends the subjects: see ../peers/daemon.ts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
