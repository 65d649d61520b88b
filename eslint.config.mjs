import pulumi from "@pulumi/eslint-plugin";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

const model = [
  "lib/base",
  "lib/versions",
  "lib/network",
  "lib/kubernetes",
  "lib/cluster",
  "lib/providers",
  "lib/addons",
];

/** Each room, and the rooms that it may import from besides itself. docs/architecture.md explains the order. */
const rooms = {
  "lib/base": [],
  "lib/versions": ["lib/base"],
  "lib/network": ["lib/base"],
  "lib/kubernetes": ["lib/base"],
  "lib/cluster": ["lib/base", "lib/versions", "lib/network", "lib/kubernetes"],
  "lib/providers": ["lib/base", "lib/versions", "lib/kubernetes"],
  "lib/addons": ["lib/base", "lib/network", "lib/kubernetes"],
  "lib/settings": model,
  "lib/plan": ["lib/base"],
  "lib/diagnosis": ["lib/base"],
  "lib/progress": ["lib/base", "lib/diagnosis"],
  "lib/redaction": ["lib/base", "lib/kubernetes"],
  "lib/report": ["lib/base", "lib/diagnosis"],
  system: ["lib/base"],
  "provider/plugin": ["lib/base", "system"],
  "provider/kind": ["lib/base", "lib/network", "lib/kubernetes", "system", "provider/plugin"],
  preflight: ["lib", "system"],
  components: [...model, "provider/kind"],
  program: ["lib", "preflight", "components", "provider/kind"],
  "provider/slipway": ["lib", "preflight", "components", "program", "index.ts", "provider/plugin", "system"],
  "cli/toolchain": ["lib", "system", "preflight", "provider/plugin"],
  cli: ["lib", "system", "preflight"],
};

/** Folders whose files may be imported by rooms only as far as `rooms` says. */
const guarded = [
  "lib",
  "system",
  "preflight",
  "provider",
  "components",
  "program",
  "cli",
  "scripts",
  "test",
  "index.ts",
];

const isInside = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** The files of a room, without those of a room inside it. */
const targetsOf = (room) => {
  const inner = Object.keys(rooms).filter((name) => name.startsWith(`${room}/`));
  const names = inner.map((name) => name.slice(room.length + 1)).join("|");
  return names === "" ? [`./${room}/**/*`] : [`./${room}/*`, `./${room}/!(${names})/**/*`];
};

/** A zone for each guarded folder that a room must not import from; allowed folders inside it are exceptions. */
const zones = Object.entries(rooms).flatMap(([room, allowed]) => {
  const own = [room, ...allowed];
  return guarded
    .filter((folder) => !own.some((name) => isInside(folder, name)))
    .map((folder) => ({
      target: targetsOf(room),
      from: `./${folder}`,
      except: own.filter((name) => isInside(name, folder)).map((name) => `./${name.slice(folder.length + 1)}`),
      message: `${room} may import from ${allowed.join(", ") || "no other room"} only: docs/architecture.md.`,
    }));
});

/**
 * Files that parse addresses and networks: of the settings, of KindCluster's inputs, of texts that Docker and clusters
 * answer, and of seedCluster, which states its networks as text. All other code takes values.
 */
const parsers = [
  "lib/network/**",
  "lib/settings/schema/**",
  "lib/cluster/seedCluster.ts",
  "lib/addons/application.ts",
  "preflight/host/dockerNetworks.ts",
  "provider/kind/containers/facts.ts",
  "provider/kind/networkProperties.ts",
  "test/**",
];
const parseZone = {
  target: ".",
  from: "./lib/network/parse.ts",
  message: "Take a Cidr, Networks, Address or AddressRange: lib/settings parses each network once.",
};

/** Modules that ask the world; pure code and components leave that to system and preflight. */
const world = ["fs", "fs/promises", "child_process", "net", "http", "https", "dgram", "tls"].map((name) => ({
  name: `node:${name}`,
  message: "This room asks nothing of the world: docs/architecture.md.",
}));

const askInternet = "Use askInternet of system/http.ts: it follows the environment's proxies and checks redirects.";

/** Modules with one place in the product: docs/architecture.md. */
const oneWay = [
  { name: "node:child_process", message: "Use system/exec.ts.", allowTypeImports: true },
  { name: "undici", message: askInternet, allowTypeImports: true },
];

const writing = {
  name: "node:fs",
  importNames: ["writeFileSync", "writeFile"],
  message: "Use writeAtomically or createAtomically of system/files.ts.",
};

/** Refuses packages in a room: `modules` by name, the Pulumi SDK where `sdk` is false. */
const packages = (files, { sdk, modules }) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      {
        paths: modules,
        patterns: sdk ? [] : [{ group: ["@pulumi/*", "@pulumi/*/**"], message: "This room knows no Pulumi SDK." }],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ["node_modules/", ".tools/", ".slipway/", "**/*.js", "**/*.cjs", "**/*.mjs"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi, "import-x": importX },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })],
    },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
    },
  },
  {
    files: ["**/*.ts"],
    ignores: parsers,
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones: [...zones, parseZone] }],
    },
  },
  packages(["lib/**/*.ts"], { sdk: false, modules: world }),
  packages(["components/**/*.ts"], { sdk: true, modules: world }),
  packages(["system/**/*.ts", "preflight/**/*.ts", "cli/**/*.ts"], { sdk: false, modules: [] }),
  {
    // One way to start a program, to ask the internet and to write a file. Tests and scripts start their own programs.
    files: ["**/*.ts"],
    ignores: ["system/exec.ts", "test/**", "scripts/**"],
    rules: { "@typescript-eslint/no-restricted-imports": ["error", { paths: [...oneWay, writing] }] },
  },
  {
    // These write into folders that nothing reads before they are whole.
    files: [
      "system/files.ts",
      "cli/toolchain/source/**/*.ts",
      "cli/toolchain/build/layout.ts",
      "cli/support/pack.ts",
      "cli/pulumi/state.ts",
    ],
    rules: { "@typescript-eslint/no-restricted-imports": ["error", { paths: oneWay }] },
  },
  {
    files: ["**/*.ts"],
    ignores: ["system/http.ts", "test/**"],
    rules: {
      "no-restricted-globals": ["error", { name: "fetch", message: askInternet }],
      "no-restricted-properties": ["error", { object: "globalThis", property: "fetch", message: askInternet }],
      "no-restricted-syntax": [
        "error",
        { selector: "ImportExpression[source.value='undici']", message: askInternet },
        {
          selector: "CallExpression[callee.name=/^readdir(Sync)?$/] Property[key.name='recursive']",
          message: "Use filesBelow of system/files.ts: Node 20.0 ignores this option.",
        },
      ],
    },
  },
);
