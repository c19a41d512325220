/**
 * What is open to more than it names. `team-a*` is also `team-ab`, `+` in a policy of Vault is any tenant: names stand whole, and
 * only a slash parts them from what comes below.
 */

/** Whether a folder is a tenant's own: by its whole name, without a wildcard, and with no way up. */
export const isOwnFolder = (tenant: string, folder: string): boolean =>
  folder.startsWith(`${tenant}/`) && !/[*+]|\.\.|\/$/.test(folder);

/** A tenant's name with a wildcard beside it, or beside what its name begins or ends; undefined where there is none. */
export function nameWithWildcard(tenants: readonly string[], text: string): string | undefined {
  if (!text.includes("*")) return undefined;
  const pieces = text.match(/[a-z0-9-]*\*[a-z0-9-]*/gi) ?? [];
  return pieces.find((piece) =>
    tenants.some((tenant) => {
      const [before = "", after = ""] = piece.split("*");
      return startsWithName(before, tenant) || endsWithName(after, tenant);
    }),
  );
}

/** `team-a` and `team-a-` begin with the name `team-a`; `team-ab` does not. */
const startsWithName = (text: string, name: string): boolean =>
  text.startsWith(name) && (text.length === name.length || text[name.length] === "-");

const endsWithName = (text: string, name: string): boolean =>
  text.endsWith(name) && (text.length === name.length || text.at(-name.length - 1) === "-");

/** Paths of a policy of Vault that a wildcard opens elsewhere than below a whole name. */
export function openFolders(policy: string): string[] {
  return [...policy.matchAll(/^\s*path\s+"([^"]*)"/gm)]
    .map(([, path = ""]) => path)
    .filter(
      (path) => path.split("/").includes("+") || /\*./.test(path) || /[^/]\*$/.test(path) || path.startsWith("*"),
    );
}
