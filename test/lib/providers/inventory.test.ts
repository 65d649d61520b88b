import { expect, test } from "@jest/globals";
import { isCrd, objectKey } from "../../../lib/kubernetes/object";
import { providerLabel } from "../../../lib/providers/clusterctl";
import { inventoryCrd, inventoryEntries, providers } from "../../../lib/providers/inventory";
import { misfits } from "../../helpers/crdSchema";

test("has the four providers under clusterctl's names", () => {
  expect(inventoryEntries("1.14.2").map(objectKey)).toEqual([
    "Provider/capi-system/cluster-api",
    "Provider/capi-kubeadm-bootstrap-system/bootstrap-kubeadm",
    "Provider/capi-kubeadm-control-plane-system/control-plane-kubeadm",
    "Provider/capd-system/infrastructure-docker",
  ]);
  expect(Object.values(providers).map(providerLabel)).toEqual(
    inventoryEntries("1.14.2").map(({ metadata }) => metadata.name),
  );
});

test("its entries fit its CRD, which Kubernetes takes for one", () => {
  expect(isCrd(inventoryCrd())).toBe(true);
  expect(inventoryEntries("1.14.2").flatMap((entry) => misfits(entry, [inventoryCrd()]))).toEqual([]);
});
