import type { ListedContainer } from "../../lib/base/container";

/** A line of `docker ps`, with the columns that Slipway asks for. */
export const containerRow = ({
  id = "",
  name = "",
  state = "running",
  status = "",
  networks = [],
  cluster = "",
  role = "",
  owner = "",
  run = "",
}: Partial<ListedContainer>): string =>
  [id, name, state, status, networks.join(","), cluster, role, owner, run].join("\t");

/** A line of `docker network ls`, with the columns that Slipway asks for. */
export const networkRow = (id: string, name: string, owner: string): string => [id, name, owner].join("\t");
