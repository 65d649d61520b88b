import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../../system/cacheFolder";
import { endChild } from "../children";
import { command, eventually, must } from "../harness";

/** Debian's packages of squid, without those that every Debian has. They are unpacked and not installed. */
const packages = ["squid", "squid-common", "squid-langpack", "libecap3", "libltdl7"];

/** Returns the folder of squid's files, as below `/`. The first call downloads them with apt. */
export const fetchSquid = (): string => {
  const folder = join(cacheRoot(), "test", "squid");
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  must("apt-get", ["download", "--quiet", ...packages], { cwd: partial });
  for (const file of readdirSync(partial).filter((name) => name.endsWith(".deb")))
    must("dpkg", ["--extract", file, "."], { cwd: partial });
  renameSync(partial, folder);
  return folder;
};

/** One request in squid's log. */
export interface ProxyRequest {
  readonly client: string;
  readonly user: string;
  /** Host of the request, without the port. */
  readonly host: string;
  readonly status: number;
}

/** A user of the proxy. */
export interface ProxyUser {
  readonly name: string;
  readonly password: string;
}

const parseRequest = (line: string): ProxyRequest[] => {
  const [, , client = "", result = "", , , target = "", user = ""] = line.split(/\s+/);
  const host = target.replace(/^\w+:\/\//, "").split(/[:/]/)[0] ?? "";
  // The wait for squid opens a connection and sends nothing.
  return line === "" || host === "error" ? [] : [{ client, user, host, status: Number(result.split("/")[1]) }];
};

/** Debian's squid, which demands a password. */
export class Squid {
  private child: ChildProcess | undefined;
  private readonly files: string;

  /**
   * @param files what fetchSquid returned
   * @param folder gets the configuration and the logs
   * @param listen ADDRESS:PORT
   * @param hosts addresses of the hosts that the proxy reaches
   */
  constructor(
    files: string,
    private readonly folder: string,
    private readonly listen: string,
    private readonly hosts: Readonly<Record<string, string>>,
  ) {
    mkdirSync(folder, { recursive: true });
    // squid becomes the user proxy, which writes here and runs a program of squid's.
    chmodSync(folder, 0o777);
    chmodSync(dirname(folder), 0o711);
    must("cp", ["-r", join(files, "usr"), folder]);
    this.files = folder;
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  private configuration(): string {
    const share = join(this.files, "usr/share/squid");
    return [
      `http_port ${this.listen}`,
      `auth_param basic program ${join(this.files, "usr/lib/squid/basic_ncsa_auth")} ${this.file("users")}`,
      "auth_param basic children 2",
      "auth_param basic credentialsttl 1 second",
      "acl known proxy_auth REQUIRED",
      "http_access allow known",
      "http_access deny all",
      "cache deny all",
      `access_log stdio:${this.file("access.log")}`,
      `cache_log ${this.file("cache.log")}`,
      `pid_filename ${this.file("pid")}`,
      `hosts_file ${this.file("hosts")}`,
      `mime_table ${join(share, "mime.conf")}`,
      `icon_directory ${join(share, "icons")}`,
      `error_directory ${join(share, "errors/en")}`,
      `unlinkd_program ${join(this.files, "usr/lib/squid/unlinkd")}`,
      "coredump_dir none",
      "pinger_enable off",
      "dns_nameservers 127.0.0.1",
      "visible_hostname proxy.example.org",
      "shutdown_lifetime 1 second",
      "max_filedescriptors 4096",
      "",
    ].join("\n");
  }

  /** Replaces the users that the proxy knows. squid reads the file again when it changes. */
  setUsers(users: readonly ProxyUser[]): void {
    const lines = users.map(({ name, password }) => {
      // Not as an argument, which the process list shows.
      writeFileSync(this.file("password"), password);
      const stdout = must("openssl", ["passwd", "-apr1", "-in", this.file("password")]);
      return `${name}:${stdout.trim()}\n`;
    });
    writeFileSync(this.file("users"), lines.join(""));
    chmodSync(this.file("users"), 0o644);
  }

  async start(): Promise<void> {
    const names = Object.entries(this.hosts).map(([host, address]) => `${address} ${host}\n`);
    writeFileSync(this.file("hosts"), names.join(""));
    writeFileSync(this.file("squid.conf"), this.configuration());
    const log = openSync(this.file("squid.log"), "a");
    this.child = spawn(join(this.files, "usr/sbin/squid"), ["-N", "-f", this.file("squid.conf")], {
      env: {
        PATH: process.env.PATH,
        LD_LIBRARY_PATH: must("find", [this.files, "-name", "libecap.so.3", "-printf", "%h"]),
      },
      stdio: ["ignore", log, log],
    });
    this.child.on("error", () => undefined); // the wait below reports it
    const [address = "", port = ""] = this.listen.split(":");
    await eventually(`squid to answer (log: ${this.file("squid.log")})`, 30, () => {
      const { code } = command("bash", ["-c", `exec 3<>/dev/tcp/${address}/${port}`]);
      return this.child?.exitCode === null && code === 0;
    });
  }

  /** The requests so far. */
  requests(): ProxyRequest[] {
    return readFileSync(this.file("access.log"), "utf8").split("\n").flatMap(parseRequest);
  }

  async stop(): Promise<void> {
    if (this.child) await endChild(this.child);
  }
}
