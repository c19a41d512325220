import type { Route } from "../route";
import { groupRoutes } from "./groups";
import { immutableRoutes } from "./immutable";
import { labelRoutes } from "./labels";
import { memberRoutes } from "./members";
import { projectRoutes } from "./projects";
import { quotaRoutes } from "./quotas";
import { registryRoutes } from "./registries";
import { repositoryRoutes } from "./repositories";
import { retentionRoutes } from "./retentions";
import { robotRoutes } from "./robots";
import { systemRoutes } from "./system";
import { userRoutes } from "./users";
import { webhookRoutes } from "./webhooks";

/** Every route below `/api/v2.0`; of two that fit a path, the earlier one answers. */
export const apiRoutes: readonly Route[] = [
  ...projectRoutes,
  ...quotaRoutes,
  ...memberRoutes,
  ...robotRoutes,
  ...repositoryRoutes,
  ...retentionRoutes,
  ...immutableRoutes,
  ...labelRoutes,
  ...groupRoutes,
  ...userRoutes,
  ...systemRoutes,
  ...registryRoutes,
  ...webhookRoutes,
];
