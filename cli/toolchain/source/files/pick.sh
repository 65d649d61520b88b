#!/bin/sh
# Copies programs, with the shared libraries they load, and folders into a new root: pick.sh ROOT PATH...
# What is left out (apt, dpkg, perl, most of libc's data) need not be carried to every node.
set -eu
root=$1
shift

for folder in bin sbin lib lib64; do
  # With merged /usr these are links, and libraries are named through them.
  if [ -L "/$folder" ]; then
    mkdir -p "$root/usr/$folder"
    ln -sfn "usr/$folder" "$root/$folder"
  fi
done

copy() {
  folder=$(realpath "$(dirname "$1")")
  path=$folder/$(basename "$1")
  if [ -e "$root$path" ] || [ -L "$root$path" ]; then return; fi
  mkdir -p "$root$folder"
  cp -a "$path" "$root$folder/"
  if [ -L "$path" ]; then
    target=$(readlink "$path")
    case $target in
      /*) echo "$target" ;;
      *) echo "$folder/$target" ;;
    esac
  else
    # For what is not dynamically linked ldd fails and names nothing.
    find "$path" -type f -exec ldd {} + 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' | sort -u
  fi
}

# Each copy may name more to copy (where a link points, libraries): repeat until nothing is new.
while [ $# -gt 0 ]; do
  more=$(for path in "$@"; do copy "$path"; done)
  # shellcheck disable=SC2086 # the names in it are words: no path here has blanks
  set -- $more
done

# busybox stands in for every tool that was not picked.
if [ -x "$root/usr/bin/busybox" ]; then
  for applet in $(/bin/busybox --list); do
    for folder in /usr/bin /usr/sbin; do
      if [ -e "$root$folder/$applet" ] || [ -L "$root$folder/$applet" ]; then continue 2; fi
    done
    ln -s busybox "$root/usr/bin/$applet"
  done
fi
mkdir -p "$root/tmp" "$root/var/log" "$root/var/lib" "$root/run"
ln -sfn /run "$root/var/run"
chmod 1777 "$root/tmp"
