import type { EstateFacts } from "../../model/home";
import { pipelineFolder, pipelineMountName, pipelineSecret } from "../../model/names";
import { vaultAudience } from "../../model/platform";

/** curl that says why it failed, and fails the job with it. */
export const curl = "curl --fail-with-body --silent --show-error";

/** Reads a field of an answer. */
export const field: readonly string[] = [
  "# Answers are one line of JSON, and no credential holds a quote.",
  `field() { sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p"; }`,
];

/** A block of a job's script: a list item of YAML that holds lines of shell. */
export function block(indent: number, lines: readonly string[]): string {
  const margin = " ".repeat(indent);
  return `${margin}- |\n${lines.map((line) => (line === "" ? "" : `${margin}  ${line}`)).join("\n")}`;
}

/**
 * What every job of a tenant begins with: it proves its project and branch to Vault by GitLab's own signature, and has
 * the tenant's credentials from there. No secret is kept in a variable of GitLab. The tenant is the group that holds the
 * project; Vault holds the list of projects, so a wrong guess is refused. Needs curl and sed: images with more than these
 * are hard to come by behind a closed network. Secrets go by standard input, since anybody on the runner reads arguments.
 */
export function vaultJob({ name, vaultAddress }: EstateFacts): string {
  return `.vault: &vault
  id_tokens:
    VAULT_ID_TOKEN: { aud: ${vaultAudience} }
  before_script:
${block(4, [
  'tenant="$(basename "$CI_PROJECT_NAMESPACE")"',
  `vault=${JSON.stringify(`${vaultAddress}/v1`)}`,
  ...field,
  `session="$(printf '{"role":"%s","jwt":"%s"}' "$tenant" "$VAULT_ID_TOKEN" | ${curl} --data @- "$vault/auth/${pipelineMountName(name)}/login" | field client_token)"`,
  `credentials="$(printf 'X-Vault-Token: %s' "$session" | ${curl} --header @- "$vault/${name}/data/${pipelineFolder("$tenant")}/${pipelineSecret}")"`,
  `credential() { printf '%s' "$credentials" | field "$1"; }`,
])}`;
}
