#!/bin/sh
# Inside a privileged container of the node's base, with a folder of the machine at /work: unpacks the images of
# /work/images.tar into containerd's folder and packs that into /work/containerd.tar. Every new node copies
# what is under its /var, so each layer is kept once: unpacked.
set -eu
containerd --root /work/containerd >/work/containerd.log 2>&1 &
daemon=$!
waited=0
until ctr version >/dev/null 2>&1; do
  waited=$((waited + 1))
  if [ "$waited" -gt 100 ] || ! kill -0 "$daemon" 2>/dev/null; then
    tail -20 /work/containerd.log >&2
    exit 1
  fi
  sleep 0.2
done

containerd() { ctr --namespace k8s.io "$@"; }
containerd images import /work/images.tar
containerd images list

# What is unpacked needs no packed copy: the same as discard_unpacked_layers in kind's config.toml, for imports.
for manifest in $(containerd images list | awk 'NR > 1 { print $3 }' | sort -u); do
  containerd content get "$manifest" | jq -r '.layers[].digest'
done | sort -u >/work/layers
xargs ctr --namespace k8s.io content rm </work/layers
# Files go when garbage is collected, for which a name must be removed.
one=$(containerd images list --quiet | head -n 1)
containerd images tag "$one" slipway.invalid/garbage:1
containerd images rm --sync slipway.invalid/garbage:1

kill "$daemon"
wait "$daemon" || true
# runc's and the daemon's state of this run is not for a node.
cd /work/containerd
rm -rf io.containerd.runtime.v1.linux io.containerd.runtime.v2.task tmpmounts
tar --numeric-owner -C /work -cf /work/containerd.tar containerd
