#!/usr/bin/env bash
# Tries contrib/systemd under a real systemd: start, reload, a configuration that is wrong, secrets by LoadCredential=, a hanging
# process, restarts and upgrades beside clients with the socket unit, stop. Needs root, systemd, curl, python3 and cgroup version 2; what is
# missing is said, and the exit status is 77 then. The argument is a folder with another systemd, as `dpkg -x` unpacks its packages.
#
# It is a user's manager (systemd --user) without any privilege, with /tmp and /run of its own, that knows only the units given here:
# a system manager would begin with what it finds on this machine, and would clear its /tmp. So what needs privileges is left out of
# the unit: a user of its own and the mount name spaces.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
other=${1:-}
cannot() { echo "not tried: $1" >&2; exit 77; }

[ "$(id -u)" = 0 ] || cannot 'this needs root'
for tool in systemctl curl python3 unshare setpriv ip; do command -v "$tool" >/dev/null || cannot "no $tool here"; done
groups=/sys/fs/cgroup
[ -d $groups/unified ] && groups=$groups/unified
[ "$(stat -fc %T $groups)" = cgroup2fs ] || cannot 'no cgroup version 2 here'
group=$groups/tcproute-try.$$
mkdir -p "$group/manager" 2>/dev/null || cannot "$groups cannot be written"
work=$(mktemp -d)
tidy() { find "$group" -depth -type d -exec rmdir {} + 2>/dev/null; rm -rf "$work"; }
trap tidy EXIT
chmod 755 "$work"

mkdir "$work/units"
[ "$(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p')" -ge 253 ] || [ -n "$other" ] || old=1
for unit in try basic shutdown sockets; do printf '[Unit]\nDefaultDependencies=no\n' > "$work/units/$unit.target"; done
sed -E -e 's|^ExecStart=tcproute .*|ExecStart=/run/node /run/checkout/bin/tcproute.js -c %h/config.yaml|' \
  -e '/^(DynamicUser|Wants|After|(Private|ProtectSystem|ProtectHome|ProtectProc|ProtectKernel|ProtectControl)[A-Za-z]*)=/d' \
  -e 's/^WatchdogSec=.*/WatchdogSec=4/' "$root/contrib/systemd/tcproute.service" > "$work/units/tcproute.service"
cp "$root/contrib/systemd/tcproute.socket" "$work/units/"
mkdir "$work/units/tcproute.service.d"
[ -z "${old:-}" ] || cp "$root/contrib/systemd/tcproute.service.d/before-253.conf" "$work/units/tcproute.service.d/"
printf '[Service]\nLoadCredential=alice:%%h/alice\n' > "$work/units/tcproute.service.d/try.conf"

cat > "$work/trial.sh" <<'TRIAL'
folder=/lib/systemd
if [ -n "$OTHER" ]; then
  folder=$OTHER/lib/systemd PATH=$OTHER/bin:$PATH
  export LD_LIBRARY_PATH=$OTHER/usr/lib/x86_64-linux-gnu/systemd:$OTHER/usr/lib/x86_64-linux-gnu
fi
"$folder/systemd" --user --unit=try.target >"$HOME/manager" 2>&1 &
ask() { systemctl --user "$@"; }
of() { ask show -P "$1" tcproute; }
fail() { echo "failed: $1" >&2; ask status tcproute --no-pager >&2 || true; cat "$HOME/manager" >&2; exit 1; }
wait_for() { for _ in $(seq 150); do if "${@:2}" >/dev/null 2>&1; then return; fi; sleep 0.1; done; fail "$1, not within 15 s"; }
says() { [[ $(of StatusText) == "$1"* ]]; }
expect() { wait_for "the status is \"$1\"" says "$1"; echo "ok: $(of StatusText)"; }
through() { curl -sS --max-time 15 -o /dev/null -x "socks5h://alice:$1@127.0.0.1:7070" http://127.0.0.1:8080/; }
is_new() { [ "$(of MainPID)" != "$1" ] && [ "$(of ActiveState)" = active ]; }

wait_for 'the manager runs' ask is-system-running
systemctl --version | head -1
python3 -m http.server 8080 --bind 127.0.0.1 >/dev/null 2>&1 &
cat > "$HOME/config.yaml" <<'CONFIG'
workers: 1
port: 7070
users: {alice: {password_file: "credential:alice"}}
egress: {allow: [loopback]}
dns: {probe: {enabled: off}}
cache: {state_file: .config/tcproute/routes}
CONFIG
printf one > "$HOME/alice"
chmod 600 "$HOME/config.yaml" "$HOME/alice"

ask start tcproute || fail 'it does not start'
expect 'serving on 127.0.0.1:7070'
through one || fail 'a client with the password of the credential is refused'
if through two 2>/dev/null; then fail 'a wrong password is taken'; fi
first=$(of MainPID)
echo 'rules: [{port: 25, block: true}]' >> "$HOME/config.yaml"
ask reload tcproute && expect 'reload: the changes are in force'
echo 'port: x' >> "$HOME/config.yaml"
ask reload tcproute && expect 'reload: the configuration cannot be used'
sed -i '/port: x/d' "$HOME/config.yaml"
ask kill --signal=HUP --kill-whom=main tcproute && expect 'reload: nothing has changed'
[ "$(of MainPID)" = "$first" ] || fail 'a reload has started it again'
kill -STOP "$first"
wait_for 'the watchdog starts it again' is_new "$first"
expect 'serving on 127.0.0.1:7070'
ask stop tcproute || fail 'it does not stop'
[ "$(of Result)" = success ] || fail "a stop is not a success but $(of Result)"
[ -s "$HOME/.config/tcproute/routes" ] || fail 'it has left no state'

ask start tcproute.socket || fail 'the socket does not start'
through one || fail 'a client of the socket does not start it'
touch "$HOME/more"
(asked=0; while [ -e "$HOME/more" ]; do through one || exit 1; asked=$((asked + 1)); done; echo "ok: $asked clients beside restarts and upgrades") & clients=$!
for _ in 1 2 3; do sleep 0.3; ask restart tcproute || fail 'it does not restart'; done
for _ in 1 2; do
  before=$(of MainPID)
  ask kill --signal=USR1 --kill-whom=main tcproute
  wait_for 'an upgrade has another process be the service' is_new "$before"
  expect 'serving on 127.0.0.1:7070'
done
[ "$(of NRestarts)" = 0 ] || fail 'an upgrade was a restart'
rm "$HOME/more"
wait $clients || fail 'a client beside restarts was lost'
kill -9 "$(of MainPID)"
through one || fail 'a client after a kill is refused'
TRIAL

status=0
export group work root other node="$(readlink -f "$(command -v node)")"
unshare --mount --pid --fork --mount-proc --net --kill-child bash -ec '
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/systemd/system /run/checkout /run/units /run/home/run
  cp -r "$work/units/." /run/units/; cp "$work/trial.sh" /run/trial.sh
  mount --bind "$root" /run/checkout
  touch /run/node; mount --bind "$node" /run/node
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  ip link set lo up
  chown -R 12345:12345 /run/home /run/units "$group"
  echo $$ > "$group/manager/cgroup.procs"
  exec setpriv --reuid=12345 --regid=12345 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i PATH=/usr/local/bin:/usr/bin:/bin \
    OTHER="$other" HOME=/run/home XDG_RUNTIME_DIR=/run/home/run SYSTEMD_UNIT_PATH=/run/units timeout -s KILL 120 bash -euo pipefail /run/trial.sh
' || status=$?
[ "$status" = 0 ] && echo 'the units work under this systemd'
exit "$status"
