# Sourced by every step: the pinned tools first, and a stop at the first error.
# shellcheck shell=bash
set -euo pipefail
PATH="$PWD/.tools/bin:$PATH"
export PATH

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
  mkdir -p "$(dirname "$1")"
  (umask 077 && cat >"$1.partial")
  mv "$1.partial" "$1"
}

# Writes images of the host's Docker to standard output as one archive. Docker's containerd image store keeps all
# platforms' manifests but not their content: there only the platform that runs here is saved.
save_images() {
  local platform=()
  if docker info --format '{{json .DriverStatus}}' | grep -q io.containerd.snapshotter; then
    platform=(--platform "linux/$(docker version --format '{{.Server.Arch}}')")
  fi
  docker save "${platform[@]}" "$@"
}
