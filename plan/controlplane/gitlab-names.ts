/** The namespace of GitLab. */
export const gitlabNamespace = "gitlab";

/** Where in the Secret `postgres` the host is that AWS chose. */
export const gitlabPostgresHost = "host";

/** Secrets that the component fills and the chart reads, by what is in them. */
export const gitlabSecrets = {
  postgres: { name: "gitlab-postgres", key: "password" },
  redis: { name: "gitlab-redis", key: "password" },
  root: { name: "gitlab-root", key: "password" },
  rails: { name: "gitlab-rails", key: "secrets.yml" },
  objects: { name: "gitlab-objects", key: "connection" },
  backups: { name: "gitlab-backups", key: "config" },
  signOn: { name: "gitlab-oidc", key: "provider" },
  token: { name: "gitlab-token", key: "token" },
} as const;
