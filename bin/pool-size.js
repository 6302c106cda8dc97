// How many threads libuv gets for its pool. Only getaddrinfo needs many: a name that never answers holds one for seconds.
// Where the machine has fewer threads left, libuv would abort without a word when it makes them. CommonJS, like tcproute.js.
const { readdirSync, readFileSync } = require('node:fs');

/** libuv's own. */
const USUAL = 4;
/** Half of them are for getaddrinfo. An idle one costs some 10 KiB. */
const MANY = 64;
/** Node's own threads, the actors, and a rest. */
const OTHERS = 64;
/** Above it nobody counts what is taken. */
const LIMIT_LARGE = 4096;

function poolSize(nsswitch = textOf('/etc/nsswitch.conf'), room = threadRoom()) {
  return asksGetaddrinfo(nsswitch) && room >= MANY + OTHERS ? MANY : USUAL;
}

/** Whether names are found by more than files and DNS. Which services matter is protocol/resolv-conf.ts's to say. */
function asksGetaddrinfo(nsswitch) {
  const services = /^[ \t]*hosts:([^\n#]*)/m.exec(nsswitch)?.[1] ?? 'files dns';
  return services
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/)
    .some((service) => service !== 'files' && service !== 'dns');
}

/** Threads that may still be made, as far as the limits of the user and of the cgroup say. */
function threadRoom() {
  return Math.min(roomOfUser(), roomOfCgroup());
}

/** RLIMIT_NPROC, which counts the threads of a user and does not bind root. */
function roomOfUser() {
  const uid = process.getuid?.() ?? 0;
  const limit = Number(/^Max processes\s+(\d+)/m.exec(textOf('/proc/self/limits'))?.[1] ?? Infinity);
  if (uid === 0 || limit > LIMIT_LARGE) return Infinity;
  let taken = 0;
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? textOf(`/proc/${name}/status`) : '';
    if (Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === uid) taken += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]);
  }
  return limit - taken;
}

/** pids.max of the process's own cgroup, of either version. */
function roomOfCgroup() {
  const path = /^(?:0:|\d+:pids):(.*)$/m.exec(textOf('/proc/self/cgroup'))?.[1] ?? '/';
  const rooms = ['', path].flatMap((below) =>
    ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'].map((root) => {
      const [most, current] = ['max', 'current'].map((name) =>
        Number.parseInt(textOf(`${root}${below}/pids.${name}`), 10),
      );
      return Number.isNaN(most) || Number.isNaN(current) ? Infinity : most - current;
    }),
  );
  return Math.min(...rooms);
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { poolSize };
