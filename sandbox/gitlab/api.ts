import { accessTokens } from "./api/access-tokens";
import { approvals } from "./api/approvals";
import { branches } from "./api/branches";
import { commits } from "./api/commits";
import { deployKeys } from "./api/deploy-keys";
import { deployTokens } from "./api/deploy-tokens";
import { files } from "./api/files";
import { forks } from "./api/forks";
import { groups } from "./api/groups";
import { hooks } from "./api/hooks";
import { items } from "./api/items";
import { jobTokenScope } from "./api/job-token-scope";
import { ldapLinks } from "./api/ldap-links";
import { licensed } from "./api/licensed";
import { members } from "./api/members";
import { mergeRequests } from "./api/merge-requests";
import { notes } from "./api/notes";
import { metadataRoutes } from "./api/metadata";
import { personalTokens } from "./api/personal-tokens";
import { projects } from "./api/projects";
import { protectedBranches } from "./api/protected-branches";
import { removal } from "./api/removal";
import { runners } from "./api/runners";
import { shares } from "./api/shares";
import { tags } from "./api/tags";
import { users } from "./api/users";
import { variables } from "./api/variables";
import { jobs } from "./ci/jobs";
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
  ...accessTokens,
  ...approvals,
  ...deployKeys,
  ...deployTokens,
  ...hooks,
  ...items,
  ...jobTokenScope,
  ...mergeRequests,
  ...notes,
  ...runners,
  ...tags,
  ...variables,
  ...licensed,
  ...ldapLinks,
  ...jobs,
];
