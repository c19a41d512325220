/** The version of the policy language: not a day, and there is no newer one. */
const languageVersion = "2012-10-17";

/** Who is meant by a statement of a trust policy or a key policy. */
export type Principal =
  { readonly Service: string } | { readonly AWS: string | readonly string[] } | { readonly Federated: string };

/** Operators and keys: `{ StringEquals: { "aws:SourceAccount": "111122223333" } }`. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Principal;
  readonly Action: readonly string[];
  /** Absent in a trust policy, whose resource is the role itself. */
  readonly Resource?: readonly string[];
  readonly Condition?: Condition;
}

/** A policy document of IAM. */
export interface PolicyDocument {
  readonly Version: typeof languageVersion;
  readonly Statement: readonly Statement[];
}

/** A document of these statements. */
export function document(...statements: readonly Statement[]): PolicyDocument {
  return { Version: languageVersion, Statement: statements };
}

/** The document as it is sent: one line, keys in the order above, so that two runs write the same. */
export function policyText(policy: PolicyDocument): string {
  return JSON.stringify(policy);
}
