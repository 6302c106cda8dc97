#!/usr/bin/env bash
# Runs the steps of the Dockerfile without Docker: each stage is a folder, and the context is what is committed, without what
# .dockerignore names. Then it starts the entrypoint as the image's user, has it serve a request and asks the health check,
# which must succeed meanwhile and fail afterwards. An instruction that it does not know is an error.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

mkdir "$work/context" "$work/tools"
git -C "$root" archive HEAD | tar -x -C "$work/context"
while read -r name; do rm -rf "${work:?}/context/$name"; done < "$work/context/.dockerignore"
# What the base image has, as far as the steps need it.
for tool in node npm npx sh env ln rm; do ln -s "$(command -v "$tool")" "$work/tools/$tool"; done

# Joins the lines that end with a backslash and leaves comments out.
instructions() { sed -e '/^[[:space:]]*#/d' -e '/^[[:space:]]*$/d' "$work/context/Dockerfile" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}'; }
# The words of a JSON list, one a line.
words() { node -e 'for (const word of JSON.parse(process.argv[1])) console.log(word)' "$1"; }

path=$work/tools stage= folder=/ user= entrypoint= health=
while read -r instruction rest; do
  echo "$instruction $rest" >&2
  case $instruction in
    FROM)
      name=${rest##* AS }
      [ "$name" != "$rest" ] || name=last
      stage=$work/$name folder=/ path=$work/tools
      mkdir "$stage" ;;
    WORKDIR) folder=$rest; mkdir -p "$stage$folder" ;;
    COPY)
      from=$work/context
      if [[ $rest == --from=* ]]; then name=${rest%% *}; from=$work/${name#--from=}; rest=${rest#* }; fi
      read -ra paths <<< "$rest"
      to=${paths[-1]}; unset 'paths[-1]'
      [[ $to == /* ]] || to=$folder/$to
      # A folder is copied as its contents.
      mkdir -p "$stage$to"
      for one in "${paths[@]}"; do
        if [ -d "$from/$one" ]; then cp -a "$from/$one/." "$stage$to"; else cp -a "$from/$one" "$stage$to"; fi
      done ;;
    RUN) (cd "$stage$folder"; env -i PATH="$path" HOME="$work" npm_config_registry="${npm_config_registry:-$(npm config get registry)}" \
      sh -ec "$rest" </dev/null >&2) ;;
    ENV)
      [[ $rest == 'PATH=/'*':$PATH' ]] || { echo "unknown: $instruction $rest" >&2; exit 1; }
      rest=${rest#PATH=}; path=$stage${rest%:*}:$path ;;
    USER) user=$rest ;;
    HEALTHCHECK) mapfile -t health < <(words "${rest#*CMD }") ;;
    ENTRYPOINT) mapfile -t entrypoint < <(words "$rest") ;;
    EXPOSE) ;;
    *) echo "unknown: $instruction" >&2; exit 1 ;;
  esac
done < <(instructions)

if [ -n "$(find "$stage" \( -name '*.ts' -o -name typescript \) -not -path '*/node_modules/*/*' -print -quit)" ]; then
  echo 'the image holds what only building needs' >&2; exit 1
fi
as=()
[ "$(id -u)" != 0 ] || as=(setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
cd "$stage$folder"
HEALTH="${health[*]}" "${as[@]}" env -i PATH="$path" HEALTH="${health[*]}" TCPROUTE_PORT="$port" TCPROUTE_DNS_PROBE_ENABLED=off \
  node "$work/context/scripts/serves.mjs" "${entrypoint[@]}"
du -sh --apparent-size "$stage" | sed 's/\t.*/ above the base image/'
