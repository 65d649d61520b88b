interface Plugin {
  type?: string;
  delegate?: { type?: string };
  ipam?: object;
}

/**
 * Flannel's CNI configuration for nodes of kindest/node, which have the plugin ptp and not bridge, flannel's default.
 * Pods of a node are then routed to each other, so nothing bridged passes kube-proxy by. A configuration that names
 * its delegate's type is left as it is.
 */
export const onKindNodes = (configuration: string): string => {
  const parsed = JSON.parse(configuration) as { plugins?: Plugin[] };
  if (parsed.plugins === undefined) return configuration;
  return JSON.stringify({ ...parsed, plugins: parsed.plugins.map(routed) });
};

const routed = (plugin: Plugin): Plugin => {
  if (plugin.type !== "flannel" || plugin.delegate?.type !== undefined) return plugin;
  // What isDefaultGateway asks of bridge, ptp takes from the routes.
  return { ...plugin, ipam: { routes: [{ dst: "0.0.0.0/0" }], ...plugin.ipam }, delegate: { type: "ptp" } };
};
