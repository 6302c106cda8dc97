// What a process meets beside its command line: signals, files and variables. The man page comes from these tables. It does nothing.

/** A name, or several with commas between, and a sentence without its end. */
type Entry = readonly [what: string, meaning: string];

/** The same as the table in README, which has the ends of terminals and streams too. */
export const SIGNALS: readonly Entry[] = [
  [
    'SIGTERM, SIGINT',
    'stop: no new connections, those open may finish for up to `drain_timeout_ms`, then exit status 0; while it starts an end at once, with 0',
  ],
  [
    'a second one of these, SIGQUIT',
    'an end at once: what is open is reset; exit status 128 and the number of the signal',
  ],
  ['SIGHUP', 'reload: the configuration is read again, and files of the log are opened again'],
  ['SIGUSR1', "upgrade: the version that is installed now takes over; it never opens Node's debugger"],
  ['SIGUSR2', 'a report of all counts in the log'],
  ['SIGPIPE', 'nothing'],
];

export const FILES: readonly Entry[] = [
  ['config.json', 'the configuration where -c names none, in the working directory'],
  ['`cache.state_file`, `dns.state_file`', 'what is remembered of routes and of bad addresses, kept over a restart'],
  ['`budget_state_file`', 'what lines and users with a budget have carried, kept over a restart'],
  ['NAME.lock', 'beside a state file: whoever holds the lock writes it'],
  ['`log.destination`, `log.access.destination`', 'the log and the access log, where they are files'],
  ['`pid_file`', 'the number of the process while it serves'],
  ['`control_socket`', 'the Unix socket of `tcproute reload` and `tcproute upgrade`'],
  ['/etc/hosts, /etc/resolv.conf, /etc/nsswitch.conf', 'names and name servers of this machine'],
];

export const VARIABLES: readonly Entry[] = [
  ['SYSTEMD_EXEC_PID', 'by which the process knows that it is the one of a systemd unit (systemd.exec(5))'],
  ['TCPROUTE_…', 'a key of the configuration: docs/config.md has them all'],
  ['CREDENTIALS_DIRECTORY', 'where systemd has put the secrets that are named as `credential:NAME`'],
  [
    'LISTEN_FDS, LISTEN_PID, LISTEN_PIDFDID, LISTEN_FDNAMES',
    'listening sockets that a service manager passes (sd_listen_fds(3))',
  ],
  [
    'NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID',
    'how a service manager is told of starts, reloads and ends, and that nothing hangs (sd_notify(3))',
  ],
  [
    'LOCALDOMAIN, RES_OPTIONS, HOSTALIASES',
    'in place of what /etc/resolv.conf says, and other names for names (resolv.conf(5), hostname(7))',
  ],
  ['NO_COLOR', 'set to anything: `tcproute top` has no colours'],
  ['TERM', '`dumb`: there is no `tcproute top`'],
  ['UV_THREADPOOL_SIZE', "threads for Node's own work; without it the gateway chooses"],
  ['NODE_OPTIONS', 'options of Node, such as --max-old-space-size'],
];
