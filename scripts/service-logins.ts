type Variables = Readonly<Record<string, string | undefined>>;

/** What opens GitLab, from the variable that its provider reads; an empty one counts as none. */
export function gitlabToken(environment: Variables): string | undefined {
  return environment["GITLAB_TOKEN"] || undefined;
}

/** What opens Harbor, from the variables that its provider reads. */
export function registryLogin(
  environment: Variables,
): { readonly username: string; readonly password: string } | undefined {
  const [username, password] = [environment["HARBOR_USERNAME"], environment["HARBOR_PASSWORD"]];
  return username && password ? { username, password } : undefined;
}
