# Sourced by every step: puts the pinned tools first in PATH, and stops at the first error.
# shellcheck shell=bash
set -euo pipefail
# The working folder is that of the Pulumi program, which may be outside of the checkout. The steps find each other and
# the tools beside this file.
steps="${BASH_SOURCE[0]%/*}"
[[ "$steps" = /* ]] || steps="$PWD/$steps"
slipway="${steps%/*}"
PATH="$slipway/.tools/bin:$PATH"
export PATH

# Prints the seconds of a duration in Pulumi's notation: 20m, 300s.
seconds_of() {
  case "$1" in
    *m) echo $((${1%m} * 60)) ;;
    *) echo "${1%s}" ;;
  esac
}

# SLIPWAY_TIMEOUT, in seconds, shortens every wait that would take longer.
if [ -n "${SLIPWAY_TIMEOUT:-}" ]; then
  # Checked before the arithmetic: bash evaluates the variable's text there, commands included.
  if ! [[ "$SLIPWAY_TIMEOUT" =~ ^[1-9][0-9]{0,5}$ ]]; then
    echo "SLIPWAY_TIMEOUT: expected a number of seconds from 1 to 999999, got \"$SLIPWAY_TIMEOUT\". Correct it or unset it." >&2
    exit 1
  fi
  ((${TIMEOUT_SECONDS:-0} <= SLIPWAY_TIMEOUT)) || TIMEOUT_SECONDS="$SLIPWAY_TIMEOUT"
  (($(seconds_of "${TIMEOUT:-0s}") <= SLIPWAY_TIMEOUT)) || TIMEOUT="${SLIPWAY_TIMEOUT}s"
fi

# Reports on standard error what blocks the cluster CLUSTER in NAMESPACE; its kubeconfig is WORKLOAD_KUBECONFIG, if it
# exists. Without CLUSTER, reports what does not run in the cluster of KUBECONFIG.
why_stuck() {
  [ -f "$slipway/scripts/run.cjs" ] || return 0 # a packed plugin has no diagnosis
  node "$slipway/scripts/run.cjs" "$slipway/cli/diagnosis/main.ts" >&2 || true
}

# Fails with one sentence if the program kind is not installed. A checkout has it as one of its tools.
require_kind() {
  command -v kind >/dev/null || {
    echo "kind: expected on PATH, got nothing. Install kind (https://kind.sigs.k8s.io)." >&2
    exit 1
  }
}

# Prints the container ids of a kind cluster, including stopped containers.
containers_of() {
  docker ps --all --quiet --filter "label=io.x-k8s.kind.cluster=$1"
}

# Succeeds if the cluster of KUBECONFIG no longer exists, so its objects need no deletion. make up sets the variable
# when Docker has no management cluster. An API that only does not answer is not a reason to skip a deletion.
is_gone() {
  [ "${PULUMI_K8S_DELETE_UNREACHABLE:-}" = true ] && ! kubectl get --raw /version --request-timeout=10s >/dev/null 2>&1
}

# Writes standard input to a file that only its owner can read. The file is complete or does not change.
write_private() {
  (umask 077 && mkdir -p "$(dirname "$1")" && cat >"$1.partial")
  mv "$1.partial" "$1"
}

# Socket of the host's Docker, which Cluster API's Docker provider uses too.
# shellcheck disable=SC2034 # steps use it
docker_socket=/var/run/docker.sock

# Succeeds if Docker uses its containerd image store. That store has manifests of all platforms, but the content of one.
# save_images then exports only this machine's platform, which Docker's client can select.
has_containerd_store() {
  docker info --format '{{json .DriverStatus}}' | grep -q io.containerd.snapshotter
}

# Writes images of the host's Docker to standard output as one archive.
save_images() {
  local platform=()
  if has_containerd_store; then platform=(--platform "linux/$(docker version --format '{{.Server.Arch}}')"); fi
  docker save "${platform[@]}" "$@"
}
