import { goModule, type KubernetesPins, pins } from "../../../../lib/versions/pins";
import type { Artifact } from "../../build/artifact";
import { releaseSuffix } from "../kubernetesRelease";
import { aptRun, debianImage, image } from "./debian";
import { goGroupArtifact } from "./golang";
import { imageNames, kubeadmImageNames } from "./names";
import type { Piece } from "./recipe";
import { staticBase } from "./static";

const { source } = pins;
const debian = `slipway/debian:${source.debian}`;
const tools = "slipway/network-tools:1";

const script = (ours: string): Piece => ({ ours, mode: 0o755 });

/** Returns a stage that installs packages and copies paths with their libraries to /picked. */
const picking = (packages: string[], paths: string[]): string =>
  [`FROM ${debian} AS packages`, aptRun(packages), "COPY pick.sh /", `RUN sh /pick.sh /picked ${paths.join(" ")}`].join(
    "\n",
  );

const iptables = ["iptables", "ip6tables"].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);
const variants = iptables.flatMap((name) => ["nft", "legacy"].map((mode) => name.replace("tables", `tables-${mode}`)));

/** Layer with a shell and the network programs that kube-proxy, Calico and flannel use. */
export const networkTools = image({
  name: "image-network-tools",
  image: tools,
  needs: [debianImage],
  pieces: { "pick.sh": script("pick.sh") },
  dockerfile: [
    picking(
      ["iptables", "ipset", "conntrack", "nftables", "iproute2", "runit", "busybox"],
      [
        ...["/bin/busybox", "/bin/bash", "/usr/sbin/conntrack", "/usr/sbin/ipset", "/usr/sbin/nft", "/bin/ip"],
        ...["runsv", "runsvdir", "sv", "svlogd"].map((name) => `/usr/bin/${name}`),
        ...[...iptables, ...variants].map((name) => `/usr/sbin/${name}`),
        "/usr/lib/*/xtables",
        ...["/etc/passwd", "/etc/group", "/etc/protocols", "/etc/ssl/certs/ca-certificates.crt"],
      ],
    ),
    "FROM scratch",
    "COPY --from=packages /picked /",
    "",
  ].join("\n"),
});

/** iptables programs for images that must use the same iptables mode as the node's kubelet. */
export const iptablesOfNode: Record<string, Piece> = {
  "files/usr/local/sbin/iptables-of-node": script("iptables-of-node.sh"),
  ...Object.fromEntries(iptables.map((name) => [`files/usr/local/sbin/${name}`, { link: "iptables-of-node" }])),
};

/** Returns a release's kube-proxy with the programs that it calls. The stand-in for kindnet uses its shell. */
export const kubeProxyImage = (release: KubernetesPins): Artifact => {
  const programs = goGroupArtifact(`kubernetes${releaseSuffix(release)}`);
  return image({
    name: `image-kube-proxy${releaseSuffix(release)}`,
    image: kubeadmImageNames(release).kubeProxy,
    needs: [networkTools, programs],
    pieces: {
      "files/usr/local/bin/kube-proxy": { artifact: programs.name, path: "bin/kube-proxy" },
      ...iptablesOfNode,
    },
    dockerfile: `FROM ${tools}\nCOPY files/ /\nENTRYPOINT ["/usr/local/bin/kube-proxy"]\n`,
  });
};

const calico = `github.com/projectcalico/calico@${goModule("github.com/projectcalico/calico")}`;

const calicoNode = image({
  name: "image-calico-node",
  image: imageNames.calicoNode,
  needs: [networkTools, goGroupArtifact("calico")],
  pieces: {
    // Most of these files are scripts; the executable mode does not harm the others.
    "files/etc": { module: calico, path: "node/filesystem/etc", mode: 0o755 },
    "files/usr/sbin": { module: calico, path: "node/filesystem/sbin", mode: 0o755 },
    "files/usr/bin/calico-node": { artifact: "go-calico", path: "bin/calico-node" },
  },
  dockerfile: `FROM ${tools}\nCOPY files/ /\nENV SVDIR=/etc/service/enabled\nCMD ["start_runit"]\n`,
});

const cniPlugins = ["bandwidth", "host-local", "loopback", "portmap", "tuning"];

const calicoCni = image({
  name: "image-calico-cni",
  image: imageNames.calicoCni,
  needs: [debianImage, staticBase, goGroupArtifact("calico")],
  pieces: {
    "files/opt/cni/bin/calico": { artifact: "go-calico", path: "bin/calico" },
    "files/opt/cni/bin/calico-ipam": { link: "calico" }, // one program with two names
    "files/opt/cni/bin/install": { artifact: "go-calico", path: "bin/install" },
  },
  dockerfile: [
    `FROM ${debian} AS packages`,
    aptRun(["containernetworking-plugins"]),
    "FROM slipway/static:1",
    `COPY --from=packages ${cniPlugins.map((name) => `/usr/lib/cni/${name}`).join(" ")} /opt/cni/bin/`,
    "COPY files/ /",
    "ENV PATH=/opt/cni/bin",
    "WORKDIR /opt/cni/bin",
    'CMD ["/opt/cni/bin/install"]',
    "",
  ].join("\n"),
});

const haproxy = image({
  name: "image-haproxy",
  image: imageNames.haproxy,
  needs: [debianImage],
  pieces: {
    "pick.sh": script("pick.sh"),
    "files/usr/local/sbin/haproxy": script("haproxy.sh"),
    "files/usr/local/etc/haproxy/haproxy.cfg": { ours: "haproxy.cfg" },
  },
  dockerfile: [
    picking(["haproxy", "busybox"], ["/bin/busybox", "/usr/sbin/haproxy", "/etc/passwd", "/etc/group"]),
    "FROM scratch",
    "COPY --from=packages /picked /",
    "COPY files/ /",
    "STOPSIGNAL SIGUSR1",
    'ENTRYPOINT ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]',
    "",
  ].join("\n"),
});

const nginxStart =
  "[ -e /proc/net/if_inet6 ] || /bin/busybox sed -i '/\\[::\\]/d' /etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'";

const nginx = image({
  name: "image-nginx",
  image: imageNames.nginx,
  needs: [debianImage],
  pieces: {
    "pick.sh": script("pick.sh"),
    "files/etc/nginx/nginx.conf": { ours: "nginx.conf" },
    "files/etc/nginx/conf.d/default.conf": { ours: "nginx-default.conf" },
  },
  dockerfile: [
    picking(
      ["nginx", "busybox"],
      [
        ...["/bin/busybox", "/usr/sbin/nginx", "/etc/nginx/mime.types", "/etc/passwd", "/etc/group"],
        ...["/usr/share/nginx/html", "/var/lib/nginx", "/var/log/nginx"],
      ],
    ),
    // The tag must have the version of Debian's nginx.
    `RUN nginx -v 2>&1 | grep -F nginx/${source.nginx} || { nginx -v; echo "pins.json wants ${source.nginx}: set source.nginx"; false; } >&2`,
    "FROM scratch",
    "COPY --from=packages /picked /",
    "COPY files/ /",
    "EXPOSE 80",
    "STOPSIGNAL SIGQUIT",
    // A kernel without IPv6 has no socket for the second listen line.
    `CMD ${JSON.stringify(["/bin/busybox", "sh", "-c", nginxStart])}`,
    "",
  ].join("\n"),
});

/** Images with Debian programs, which need no compilation. */
export const debianProgramImages: Artifact[] = [debianImage, networkTools, haproxy, nginx];

/** Calico's images with more than one static program. */
export const calicoImages: Artifact[] = [calicoNode, calicoCni];
