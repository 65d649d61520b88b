#!/bin/sh
# kube-proxy has to write its rules with the iptables (nft or legacy) that the node's kubelet uses. This stands
# for iptables and its like until the first call, finds out by the chains the kubelet made, and puts links in
# its own place.
set -u
chains='^:KUBE-(IPTABLES-HINT|KUBELET-CANARY) '
mode=nft
if ! xtables-nft-multi iptables-save -t mangle 2>/dev/null | grep -Eq "$chains" &&
  ! xtables-nft-multi ip6tables-save -t mangle 2>/dev/null | grep -Eq "$chains" &&
  xtables-legacy-multi iptables-save -t mangle 2>/dev/null | grep -Eq "$chains"; then
  mode=legacy
fi
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -s "/usr/sbin/xtables-$mode-multi" "/usr/local/sbin/.$name.$$" &&
    mv "/usr/local/sbin/.$name.$$" "/usr/local/sbin/$name"
done
exec "xtables-$mode-multi" "$(basename "$0")" "$@"
