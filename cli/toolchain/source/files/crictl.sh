#!/bin/sh
# A stand-in for crictl, whose module is not published: what CAPD and kind ask a node, answered by containerd.
set -eu
containerd() { ctr --namespace k8s.io "$@"; }
case ${1-} in
  ps) containerd containers list --quiet ;;
  images) containerd images list ;;
  info) containerd version ;;
  *)
    echo "crictl here is a stand-in that knows only ps, images and info, not: $*. Use ctr --namespace k8s.io" >&2
    exit 1
    ;;
esac
