/** Secrets that a person hands over for services that are installed, and the variable of each. */
export const serviceSecretNames = {
  gitlabPostgres: "GITLAB_POSTGRES_PASSWORD",
  gitlabRedis: "GITLAB_REDIS_PASSWORD",
  gitlabObjectsKey: "GITLAB_OBJECTS_ACCESS_KEY",
  gitlabObjectsSecret: "GITLAB_OBJECTS_SECRET_KEY",
  gitlabClient: "GITLAB_OIDC_CLIENT_SECRET",
  harborPostgres: "HARBOR_POSTGRES_PASSWORD",
  harborRedis: "HARBOR_REDIS_PASSWORD",
  harborObjectsKey: "HARBOR_OBJECTS_ACCESS_KEY",
  harborObjectsSecret: "HARBOR_OBJECTS_SECRET_KEY",
  harborClient: "HARBOR_OIDC_CLIENT_SECRET",
  upstreamClient: "OPENUNISON_OIDC_CLIENT_SECRET",
} as const;

export type ServiceSecret = keyof typeof serviceSecretNames;

/** Those that a run was given. They are no part of the plan. */
export type ServiceSecrets = Readonly<Partial<Record<ServiceSecret, string>>>;
