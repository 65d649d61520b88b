import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namespaces, runShown } from "../children";
import { type Certificate, certify } from "./authority";
import { registryHosts } from "./registries";
import { trustStore } from "./registryImages";
import { hosts } from "./server";

/** The address of the name server, which nodes reach too. */
export const nameServerAddress = "198.51.100.53";

/** Returns the certificate of all hosts that `prepareMachine` made in a folder. */
export const readCertificate = (folder: string): Certificate => {
  const file = (name: string): string => join(folder, "tls", name);
  const read = (name: string): string => readFileSync(file(name), "utf8");
  return { key: read("server.key"), cert: read("server.crt"), authority: file("ca.crt") };
};

/** Writes the files that differ from this machine's, and returns the file of the authorities that all programs trust. */
export const prepareMachine = (folder: string): string => {
  const { authority } = certify(join(folder, "tls"), [...Object.keys(hosts), ...Object.keys(registryHosts)]);
  for (const name of ["etc", "tmp"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "etc", "hosts"), "127.0.0.1 localhost\n");
  writeFileSync(join(folder, "etc", "resolv.conf"), `nameserver ${nameServerAddress}\n`);
  const bundle = join(folder, "etc", "authorities.crt");
  writeFileSync(bundle, `${readFileSync(trustStore, "utf8").trimEnd()}\n${readFileSync(authority, "utf8")}`);
  return bundle;
};

/**
 * The first process of the namespaces. /run is empty, so that no socket of this machine is in reach. Names, authorities and
 * temporary files are those of the run. The network has these addresses alone. The shell also collects orphans.
 */
const enter = `
  set -e
  folder=$1
  shift
  mount -t tmpfs tmpfs /run
  mount --bind "$folder/tmp" /tmp
  mount --bind "$folder/etc/hosts" /etc/hosts
  mount --bind "$folder/etc/authorities.crt" ${trustStore}
  resolver=$(readlink --canonicalize-missing /etc/resolv.conf)
  if [ ! -e "$resolver" ]; then mkdir -p "\${resolver%/*}" && touch "$resolver"; fi
  mount --bind "$folder/etc/resolv.conf" "$resolver"
  ip link set lo up
  for address in ${[nameServerAddress, ...Object.values(registryHosts)].join(" ")}; do ip address add "$address/32" dev lo; done
  "$@" || exit # without this, bash would become the program, and nobody would collect orphans`;

/** Removes the folder when the namespaces have ended, also after Ctrl-C: its files are large. */
const outside = `
  trap 'rm -rf "$folder"' EXIT
  folder=$1
  shift
  unshare "$@"`;

/** Runs a program in namespaces of its own, shows what it prints, and returns it. The folder is gone afterwards. */
export const runOnMachine = (folder: string, ...program: string[]): Promise<string> => {
  const args = [...namespaces, "bash", "-c", enter, "bash", folder, ...program];
  return runShown("bash", ["-c", outside, "bash", folder, ...args]);
};
