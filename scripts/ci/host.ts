import type { ChangeFacts } from "../../review/permission";

/** The change that a pipeline runs for, as its host tells it. */
export interface HostedChange extends Omit<ChangeFacts, "deployed"> {
  /** The commit that the facts are about; nothing else may be run on their ground. */
  readonly head: string;
}

/** Files of a proposal, by path. */
export type Files = Readonly<Record<string, string>>;

/** A change that a job proposes. */
export interface Proposal {
  /** It is written anew each time: nobody else commits to it. */
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly files: Files;
}

/** What pipelines ask of the host of the repository, on GitLab and on GitHub alike. */
export interface Host {
  readonly kind: "github" | "gitlab";
  /** The branch that is applied. */
  readonly deployed: string;
  /** What is known of the change; `label` is the one by which a maintainer lets code be previewed. */
  change(label: string): Promise<HostedChange>;
  /** Writes the comment that begins with `marker`, or edits it in place; gives its address or number. */
  comment(marker: string, body: string): Promise<string>;
  /** Opens the change, or renews the open one of the same branch; gives its address. */
  propose(proposal: Proposal): Promise<string>;
  close(): void;
}

/**
 * Stands in for paths that the host does not tell because there are too many. It is no tenant's file, so such a change counts
 * as code.
 */
export const untoldPaths = "(more files than the host tells)";

/** Variables of a job. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A variable that must be there. */
export function needed(variables: Variables, name: string): string {
  const value = variables[name];
  if (value === undefined || value === "") throw new MissingVariable(name);
  return value;
}

/** A job lacks a variable. */
export class MissingVariable extends Error {
  override readonly name = "MissingVariable";
  constructor(readonly variable: string) {
    super(`the variable ${variable} is not set`);
  }
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");
