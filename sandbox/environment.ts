import { isRecord } from "@estate/clients";
import { delimiter, join } from "node:path";

import { awsBinFolder, binFolder, shellQuoted } from "./bundles";
import { Complaint } from "./complaint";
import { gitlabAddress, gitlabTokenFile } from "./gitlab/part";
import { adminName, adminPasswordFile, harborAddress } from "./harbor/part";
import { kmsAddress } from "./kms/part";
import { textOf } from "./part";
import type { SandboxState } from "./state";
import { rootTokenFile, vaultAddress } from "./vault";

/**
 * The passphrase of stack `dev` in every sandbox. It is no secret: it guards a state file that lies beside the unseal key
 * of the Vault it describes. `Pulumi.dev.yaml` carries the salt made with it.
 */
export const sandboxPassphrase = "estate-sandbox";

/** The kubeconfig with the contexts of all clusters. */
export const kubeconfigFile = (dir: string): string => join(dir, "kubeconfig");

/** The folder of the Pulumi backend. */
export const backendFolder = (dir: string): string => join(dir, "pulumi");

/** What a command needs in its environment to work in this sandbox; PATH holds only what goes in front. */
export function environmentOf(dir: string, state: SandboxState): Record<string, string> {
  const port = state.ports.vault;
  const token = textOf(rootTokenFile(dir));
  if (port === undefined || token === undefined) {
    throw new Complaint(
      `no sandbox in ${dir}`,
      "it was never started, or not to the end",
      "run `npm run sandbox -- start`",
    );
  }
  const doubles = state.plugins === "doubles";
  return {
    ESTATE_SANDBOX: dir,
    KUBECONFIG: kubeconfigFile(dir),
    VAULT_ADDR: vaultAddress(port),
    VAULT_TOKEN: token,
    ...gitlabEnvironment(dir, state),
    ...harborEnvironment(dir, state),
    ...awsEnvironment(state),
    ...pulumiEnvironment(dir),
    ...(state.manifests === undefined ? {} : { ESTATE_MANIFESTS: state.manifests }),
    // Else the engine would wait for a download that cannot come before it asks the one on PATH.
    ...(doubles ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
    PATH: [awsBinFolder(dir), ...(doubles ? [binFolder(dir)] : []), ...(state.toolFolders ?? [])].join(delimiter),
  };
}

/** What the gitlab provider reads; empty for a sandbox that was last started before it had a GitLab. */
function gitlabEnvironment(dir: string, { ports }: SandboxState): Record<string, string> {
  const token = textOf(gitlabTokenFile(dir));
  if (ports.gitlab === undefined || token === undefined) return {};
  return { GITLAB_BASE_URL: `${gitlabAddress(ports.gitlab)}/`, GITLAB_TOKEN: token };
}

/** What the harbor provider reads. */
function harborEnvironment(dir: string, { ports }: SandboxState): Record<string, string> {
  const password = textOf(adminPasswordFile(dir));
  if (ports.harbor === undefined || password === undefined) return {};
  return { HARBOR_URL: harborAddress(ports.harbor), HARBOR_USERNAME: adminName, HARBOR_PASSWORD: password };
}

/**
 * KMS, by which the engine guards the secrets of a stack on AWS. The login is nobody's: what is asked of AWS in this shell is
 * asked of the sandbox, or refused.
 */
function awsEnvironment({ ports }: SandboxState): Record<string, string> {
  if (ports.kms === undefined) return {};
  return {
    AWS_ENDPOINT_URL_KMS: kmsAddress(ports.kms),
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** The part of it that concerns Pulumi alone. */
export function pulumiEnvironment(dir: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${backendFolder(dir)}`,
    PULUMI_CONFIG_PASSPHRASE: sandboxPassphrase,
    PULUMI_HOME: join(dir, "pulumi-home"),
    // The language host that can be built ignores the project's `runtime.options`.
    PULUMI_NODEJS_TSCONFIG_PATH: "tsconfig.pulumi.json",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

/** The same environment for a child process: with the rest of PATH behind. */
export function processEnvironment(own: Readonly<Record<string, string>>): Record<string, string> {
  const path = [own["PATH"], process.env["PATH"]].filter((part) => part !== undefined && part !== "").join(delimiter);
  return { ...own, PATH: path };
}

/** The same environment as lines a POSIX shell can `eval`. */
export function exportLines(own: Readonly<Record<string, string>>): string {
  return Object.entries(own)
    .map(([name, value]) =>
      name === "PATH"
        ? `export PATH=${shellQuoted(value)}${value === "" ? "" : delimiter}"$PATH"`
        : `export ${name}=${shellQuoted(value)}`,
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** The string at a key of a JSON file; undefined when there is none. */
export function jsonField(file: string, key: string): string | undefined {
  const value: unknown = JSON.parse(textOf(file) ?? "null");
  const field = isRecord(value) ? value[key] : undefined;
  return typeof field === "string" ? field : undefined;
}
