#!/bin/sh
# Inside the build of the node image, after packages and kind's files are in: what kind's images/base/Dockerfile
# does, and where Debian's containerd and plugins lie elsewhere than kind's. Takes the pause image's name.
set -eu
pause=$1

chmod 755 /usr/local/bin/* /kind/bin/*
ln -s /usr/lib/systemd/systemd /sbin/init
rm -rf /etc/systemd/system/*.wants/* /lib/systemd/system/multi-user.target.wants/* \
  /lib/systemd/system/local-fs.target.wants/* /lib/systemd/system/basic.target.wants/* \
  /lib/systemd/system/sockets.target.wants/*udev* /lib/systemd/system/sockets.target.wants/*initctl* \
  /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
echo "ReadKMsg=no" >>/etc/systemd/journald.conf
systemctl enable kubelet.service containerd.service undo-mount-hacks.service
systemctl mask systemd-binfmt.service
mkdir -p /etc/kubernetes/manifests

# kind's units and scripts look for these under /usr/local; only what they use is kept.
for program in containerd ctr containerd-shim-runc-v2; do ln -s "/usr/bin/$program" /usr/local/bin/; done
ln -s /usr/sbin/runc /usr/local/sbin/runc
rm -f /usr/bin/containerd-shim /usr/bin/containerd-shim-runc-v1 /usr/bin/containerd-stress
mkdir -p /opt/cni/bin
for plugin in host-local loopback portmap ptp; do mv "/usr/lib/cni/$plugin" /opt/cni/bin/; done
rm -rf /usr/lib/cni

ctr oci spec |
  jq '.hooks.createContainer += [{"path": "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' \
    >/etc/containerd/cri-base.json

# kubeadm's pause, else it tries to pull it; and no OOM score below what a limited root may set.
edit() {
  sed -i "s|^\( *$1 = \).*|\1$2|" /etc/containerd/config.toml
  grep -qF "$1 = $2" /etc/containerd/config.toml || {
    echo "kind's containerd/config.toml has no $1 any more: see setup/source/files/node-base.sh" >&2
    exit 1
  }
}
edit sandbox_image "\"$pause\""
edit restrict_oom_score_adj true
