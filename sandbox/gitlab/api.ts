import { branches } from "./api/branches";
import { commits } from "./api/commits";
import { files } from "./api/files";
import { forks } from "./api/forks";
import { groups } from "./api/groups";
import { members } from "./api/members";
import { metadataRoutes } from "./api/metadata";
import { personalTokens } from "./api/personal-tokens";
import { projects } from "./api/projects";
import { protectedBranches } from "./api/protected-branches";
import { removal } from "./api/removal";
import { shares } from "./api/shares";
import { users } from "./api/users";
import type { Route } from "./instance";

/** Every route of the API. Where two fit, the first one answers. */
export const api: readonly Route[] = [
  ...users,
  ...personalTokens,
  ...metadataRoutes,
  ...groups,
  ...projects,
  ...forks,
  ...removal,
  ...members,
  ...shares,
  ...branches,
  ...protectedBranches,
  ...files,
  ...commits,
];
