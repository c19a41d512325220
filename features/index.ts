import { repositories } from "./applications";
import { connections } from "./connections";
import { network } from "./network";
import { nodePool } from "./node-pool";
import { notifications } from "./notifications";
import { reconciliation } from "./reconciliation";
import { registry } from "./registry";
import { secrets } from "./secrets";
import { vcluster } from "./vcluster";

/** The features that Estate brings, in the order in which the docs list them. A new one is one file and one name here. */
export const builtin = [
  network,
  connections,
  nodePool,
  secrets,
  reconciliation,
  vcluster,
  repositories,
  registry,
  notifications,
] as const;
