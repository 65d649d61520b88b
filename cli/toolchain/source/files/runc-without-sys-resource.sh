#!/bin/sh
# Stands before runc on a machine whose root lacks CAP_SYS_RESOURCE (a limited virtual machine or
# container): runc cannot grant that capability there, nor lower an OOM score, so `docker run
# --privileged` fails. This takes both wishes out of what Docker hands over and execs the real runc.
# Slipway installs it only where the capability is missing.
set -eu

filter='(.. | objects | select(has("bounding"))) |= with_entries(.value -= ["CAP_SYS_RESOURCE"])
  | (.. | objects | select(has("oomScoreAdj")) | .oomScoreAdj) |= (if . < 0 then 0 else . end)'

edit() {
  [ -f "$1" ] || return 0
  jq "$filter" "$1" >"$1.slipway"
  cat "$1.slipway" >"$1"
  rm -f "$1.slipway"
}

# create and run name the bundle's folder, exec names the file of the process.
option=
for argument in "$@"; do
  case $option in
    --bundle) edit "$argument/config.json" ;;
    --process) edit "$argument" ;;
  esac
  option=$argument
  case $argument in
    --bundle=*) edit "${argument#--bundle=}/config.json" ;;
    --process=*) edit "${argument#--process=}" ;;
  esac
done

exec runc "$@"
