#!/bin/sh
# Makes the root file system that all Debian images start from: debian-rootfs.sh FOLDER RELEASE MIRROR [SECURITY].
set -eu
rootfs=$1 release=$2 mirror=$3 security=${4-}

debootstrap --variant=minbase --include=ca-certificates "$release" "$rootfs" "$mirror"

{
  echo "deb $mirror $release main"
  if [ -n "$security" ]; then echo "deb $security $release-security main"; fi
} >"$rootfs/etc/apt/sources.list"

# Nobody reads manuals in an image, and each megabyte is carried to every node.
cat >"$rootfs/etc/dpkg/dpkg.cfg.d/slipway" <<'END'
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/info/*
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
END
# An image may bring a configuration file before the package that has one of its own.
cat >"$rootfs/etc/apt/apt.conf.d/slipway" <<'END'
DPkg::Options { "--force-confold"; };
Acquire::Languages "none";
APT::Install-Recommends "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
find "$rootfs/usr/share/doc" -type f ! -name copyright -delete
rm -rf "$rootfs"/usr/share/info/* "$rootfs"/usr/share/lintian/* "$rootfs"/usr/share/locale/* "$rootfs"/usr/share/man/* \
  "$rootfs"/var/cache/apt/* "$rootfs"/var/lib/apt/lists/* "$rootfs"/var/log/* "$rootfs"/etc/machine-id
# debootstrap took these over from the machine it ran on.
rm -f "$rootfs/etc/hostname" "$rootfs/etc/resolv.conf"
