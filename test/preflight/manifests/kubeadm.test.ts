import { expect, test } from "@jest/globals";
import { sentence } from "../../../lib/base/problem";
import { readSettings } from "../../../lib/settings/settings";
import { pins } from "../../../lib/versions/pins";
import { kubeadmCrds, kubeadmProblems, usesKubeadm } from "../../../preflight/manifests/kubeadm";
import { fetchTimeout, realCrds } from "../../helpers/realManifests";

const settingsOf = (cluster: object, templateSecrets: object = {}) =>
  readSettings({
    config: {
      clusters: JSON.stringify([{ name: "z" }, { name: "a", ...cluster }]),
      templateSecrets: JSON.stringify(templateSecrets),
    },
    pins,
  });
const problems = async (cluster: object, templateSecrets: object = {}): Promise<string[]> =>
  kubeadmProblems(settingsOf(cluster, templateSecrets), await realCrds()).map(sentence);

test(
  "names, types, values and sizes are checked by the CRDs of the installed manifests, with the nearest names",
  async () => {
    const kubeadm = {
      clusterConfiguration: {
        apiserver: {},
        encryptionAlgorithm: "ECDSA",
        featureGates: { A: "true" },
        certificateValidityPeriodDays: 2000,
        scheduler: {},
        apiServer: { extraArgs: [{ name: "a" }], certSANs: Array.from({ length: 98 }, (_, index) => `a${index}`) },
      },
      joinConfiguration: { nodeRegistration: { kubeletExtraArgs: { "max-pods": "60" } } },
    };
    const pool = {
      file: [],
      joinConfiguration: {
        nodeRegistration: {
          kubeletExtraArgs: [
            { name: "a", value: 1 },
            { name: "b", value: "c" },
          ],
        },
      },
    };
    const all = await problems({ kubeadm, workers: [{ name: "p" }, { name: "q", kubeadm: pool }] });
    for (const text of [
      "clusters[1].kubeadm.clusterConfiguration.apiserver: expected a known field. Did you mean apiServer?",
      'clusters[1].kubeadm.clusterConfiguration.encryptionAlgorithm: expected one of ECDSA-P256, ECDSA-P384, RSA-2048, RSA-3072, RSA-4096, got "ECDSA".',
      "clusters[1].kubeadm.clusterConfiguration.featureGates.A: expected true or false, got a string.",
      "clusters[1].kubeadm.clusterConfiguration.scheduler: expected at least 1 fields, got 0 fields.",
      "clusters[1].kubeadm.clusterConfiguration.apiServer.extraArgs[0]: expected a map with name, value, got a map without value.",
      "clusters[1].kubeadm.joinConfiguration.nodeRegistration.kubeletExtraArgs: expected a list, got a map.",
      "clusters[1].workers[1].kubeadm.file: expected a known field. Did you mean files?",
      "clusters[1].workers[1].kubeadm.joinConfiguration.nodeRegistration.kubeletExtraArgs[0].value: expected a string, got 1.",
    ])
      expect(all).toContainEqual(expect.stringContaining(text));
    expect(all).toHaveLength(9);
  },
  fetchTimeout,
);

test(
  "the settings joined with Slipway's own must fit too",
  async () => {
    const certSANs = Array.from({ length: 98 }, (_, index) => `a${index}`);
    expect(await problems({ kubeadm: { clusterConfiguration: { apiServer: { certSANs } } } })).toEqual([
      expect.stringContaining(
        "clusters[1].kubeadm with Slipway's fields.clusterConfiguration.apiServer.certSANs: expected 1 to 100 items, got 102 items.",
      ),
    ]);
  },
  fetchTimeout,
);

test(
  "a MachinePool's settings are checked as those of a MachineDeployment",
  async () => {
    const pool = (kubeadm: object) => problems({ workers: [{ name: "p", type: "machinePool", kubeadm }] });
    expect(await pool({ files: [{ path: "/a" }] })).toEqual([]);
    expect(await pool({ file: [] })).toEqual([expect.stringContaining("kubeadm.file: expected a known field")]);
  },
  fetchTimeout,
);

test(
  "two arguments of one name are refused, as the CRD's rule in CEL does",
  async () => {
    const extraArgs = [
      { name: "a", value: "1" },
      { name: "a", value: "2" },
    ];
    expect(await problems({ kubeadm: { clusterConfiguration: { apiServer: { extraArgs } } } })).toEqual([
      expect.stringContaining("extraArgs[1]: expected another name than clusters[1].kubeadm.clusterConfiguration"),
    ]);
  },
  fetchTimeout,
);

test(
  "a variable in place of a secret needs a value in templateSecrets; variables of scripts need none",
  async () => {
    const kubeadm = {
      files: [
        { path: "/a", content: "password: ${DB_PASSWORD}\nuser: ${NAME}\n" },
        { path: "/b", content: '#!/bin/sh\nexport TOKEN="${TOKEN}"\n' },
      ],
    };
    expect(await problems({ kubeadm })).toEqual([
      expect.stringContaining(
        "templateSecrets: expected a value of DB_PASSWORD, which clusters[1].kubeadm uses for a secret",
      ),
    ]);
    expect(await problems({ kubeadm }, { DB_PASSWORD: "a" })).toEqual([]);
  },
  fetchTimeout,
);

test("a management cluster without the CRDs is named", () => {
  const settings = settingsOf({ kubeadm: { verbosity: 5 } });
  expect(kubeadmProblems(settings, []).map(sentence)).toEqual([
    expect.stringContaining(
      `clusters[1].kubeadm: expected a management cluster whose CRD ${kubeadmCrds[0]} serves v1beta2`,
    ),
  ]);
});

test("the CRDs are read only if a cluster or a pool has settings of kubeadm", () => {
  expect(usesKubeadm(settingsOf({}).clusters)).toBe(false);
  expect(usesKubeadm(settingsOf({ kubeadm: {} }).clusters)).toBe(false);
  expect(usesKubeadm(settingsOf({ kubeadm: { verbosity: 5 } }).clusters)).toBe(true);
  expect(usesKubeadm(settingsOf({ workers: [{ name: "p", kubeadm: { verbosity: 5 } }] }).clusters)).toBe(true);
});
