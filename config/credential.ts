/** What each kind of credential looks like. Global: a text is searched for all of them. */
const shapes: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a GitLab token", /\bgl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|oas)-[\w.-]{16,}/g],
  ["a Vault token", /\bhv[sbr]\.[\w-]{16,}/g],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ["a GitHub token", /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/g],
  ["a Slack token", /\bxox[abeoprs]-[\w-]{10,}/g],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g],
  ["an age key", /\bAGE-SECRET-KEY-1[A-Z0-9]+/g],
  ["a signed token (JWT)", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/g],
];

/** A password between `://` and `@`. */
const addressPassword = /(:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/g;

/** A credential found in a text: what it looks like and where it begins. */
export interface Credential {
  readonly what: string;
  readonly offset: number;
}

/** Everything in `text` that looks like a credential. */
export function findCredentials(text: string): Credential[] {
  return shapes.flatMap(([what, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ what, offset: match.index })),
  );
}

/** The text without what looks like a credential: reports end up in CI logs. */
export function redact(text: string): string {
  const clean = shapes.reduce((rest, [what, pattern]) => rest.replace(pattern, `[${what}]`), text);
  return clean.replace(addressPassword, "$1[password]");
}
