# Sourced by every step: the pinned tools first, and a stop at the first error.
# shellcheck shell=bash
set -euo pipefail
PATH="$PWD/.tools/bin:$PATH"
export PATH

# Seconds of a duration as Pulumi writes it: 20m, 300s.
seconds_of() {
  case "$1" in
    *m) echo $((${1%m} * 60)) ;;
    *) echo "${1%s}" ;;
  esac
}

# SLIPWAY_TIMEOUT, in seconds, ends every wait earlier than it would by itself.
if [ -n "${SLIPWAY_TIMEOUT:-}" ]; then
  # Before it is counted with: bash would run what stands in it.
  if ! [[ "$SLIPWAY_TIMEOUT" =~ ^[1-9][0-9]{0,5}$ ]]; then
    echo "SLIPWAY_TIMEOUT is \"$SLIPWAY_TIMEOUT\", but must be a number of seconds from 1 to 999999" >&2
    exit 1
  fi
  ((${TIMEOUT_SECONDS:-0} <= SLIPWAY_TIMEOUT)) || TIMEOUT_SECONDS="$SLIPWAY_TIMEOUT"
  (($(seconds_of "${TIMEOUT:-0s}") <= SLIPWAY_TIMEOUT)) || TIMEOUT="${SLIPWAY_TIMEOUT}s"
fi

# Says on standard error what holds the cluster CLUSTER in NAMESPACE, whose own kubeconfig is WORKLOAD_KUBECONFIG where
# there is one; without CLUSTER, what does not run in the cluster of KUBECONFIG.
why_stuck() {
  node scripts/run.cjs cli/diagnosis/main.ts >&2 || true
}

# Container ids of a kind cluster, stopped ones too.
containers_of() {
  docker ps --all --quiet --filter "label=io.x-k8s.kind.cluster=$1"
}

# Whether the cluster of KUBECONFIG is gone, and with it whatever is to be deleted. make up says so when Docker has the
# management cluster no more; an API that merely does not answer is no reason.
is_gone() {
  [ "${PULUMI_K8S_DELETE_UNREACHABLE:-}" = true ] && ! kubectl get --raw /version --request-timeout=10s >/dev/null 2>&1
}

# Writes standard input to a file that only its owner can read, whole or not at all.
write_private() {
  (umask 077 && mkdir -p "$(dirname "$1")" && cat >"$1.partial")
  mv "$1.partial" "$1"
}

# Where the host's Docker listens, which Cluster API's Docker provider uses too.
# shellcheck disable=SC2034 # steps use it
docker_socket=/var/run/docker.sock

# Docker's containerd image store keeps all platforms' manifests but not their content: there only the platform that runs
# here is saved, which Docker's client knows to ask for.
has_containerd_store() {
  docker info --format '{{json .DriverStatus}}' | grep -q io.containerd.snapshotter
}

# Writes images of the host's Docker to standard output as one archive.
save_images() {
  local platform=()
  if has_containerd_store; then platform=(--platform "linux/$(docker version --format '{{.Server.Arch}}')"); fi
  docker save "${platform[@]}" "$@"
}
