/**
 * A tenant's file: data, and nothing else below `tenants/` is. CODEOWNERS, which is made from the tenants' names and read by
 * the host alone, changes with them.
 */
const tenantData = /^(?:tenants\/[a-z0-9][a-z0-9-]*\.yaml|CODEOWNERS)$/;

/** Whether a path is data that the program only reads and checks. */
export function isData(path: string): boolean {
  return tenantData.test(path);
}

/** What is known of a change before anything of it runs. */
export interface ChangeFacts {
  /** All paths that it touches; of a rename, both. */
  readonly paths: readonly string[];
  /** It comes from a repository that others write. */
  readonly fork: boolean;
  /** The branch that it goes into. */
  readonly target: string;
  /** The branch that is applied. */
  readonly deployed: string;
  /**
   * A maintainer has set the label on exactly this commit. A label that was there before the last push does not count: nobody
   * has seen what came after it.
   */
  readonly labelled: boolean;
}

/** What a change may run. */
export interface Permission {
  /** Whether it is previewed at all. */
  readonly run: boolean;
  /** Whose program reads the change's data: the deployed branch's, or the change's own. */
  readonly program: "main" | "head";
  /** What that program may do with the world: a preview never writes. */
  readonly role: "read-only" | "none";
  /** One sentence for whoever waits for a preview. */
  readonly reason: string;
}

const no = (reason: string): Permission => ({ run: false, program: "main", role: "none", reason });

/**
 * Decides what a change may run. Pull requests are code: a pipeline that runs a stranger's program with a credential has given
 * the credential away. Data is read by the program of the deployed branch, so it needs no look first, unless it is a stranger's:
 * its report tells what is in the estate.
 */
export function permissionOf({ paths, fork, target, deployed, labelled }: ChangeFacts): Permission {
  if (target !== deployed) return no(`it goes into ${target}, and only ${deployed} is applied`);
  if (paths.length === 0) return no("it changes no file");
  const code = paths.filter((path) => !isData(path));
  if (code.length === 0) {
    if (fork && !labelled) return no("it comes from a fork: a maintainer looks at it and sets the label");
    return {
      run: true,
      program: "main",
      role: "read-only",
      reason: `it touches tenants' files alone: ${deployed}'s program reads them`,
    };
  }
  const [first = ""] = code;
  const what = code.length === 1 ? first : `${first} and ${String(code.length - 1)} more`;
  if (fork) return no(`it comes from a fork and changes code (${what}): a fork's code never runs with a credential`);
  if (!labelled) return no(`it changes code (${what}): a maintainer looks at this commit and sets the label`);
  return {
    run: true,
    program: "head",
    role: "read-only",
    reason: `it changes code (${what}), and a maintainer has set the label on this commit`,
  };
}
