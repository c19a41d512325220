import { checkout, Complaint, type Sandbox } from "@estate/sandbox";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { stackFile, stacksOf } from "../config/stack-file";
import { copyProject } from "./project-copy";
import { initStack, keyOf, withKey, type KeyFields } from "./stack-init";
import { ensureKey, stateKey } from "./state-key";

/** What a stack's settings say of the world, as a sandbox says it; a stack of tenants says nothing of it. */
export interface RehearsedWorld {
  readonly vault?: string;
  readonly gitlab?: string;
  readonly registry?: string;
  /** The stack's key in the sandbox's backend, once it has one. */
  readonly key?: KeyFields;
}

/**
 * A stack file with the sandbox in the place of the world: its services for those that the settings name, its key for the
 * stack's own. Nothing else is touched, so what is rehearsed is what is meant.
 */
export function rehearsedSettings(text: string, world: RehearsedWorld): string {
  const document = parseDocument(text);
  const inEcr = document.getIn(["config", "estate:registry", "kind"]) === "ecr";
  // AWS takes no tokens of the sandbox's GitLab: the issuer stays the real one.
  const issuer = ["config", "estate:registry", "issuer"];
  if (inEcr && world.gitlab !== undefined && !document.hasIn(issuer))
    document.setIn(issuer, document.getIn(["config", "estate:gitlab", "url"]));
  const addresses = [
    ["estate:vault", "address", world.vault],
    ["estate:gitlab", "url", world.gitlab],
    ["estate:registry", "url", inEcr ? undefined : world.registry],
  ] as const;
  for (const [key, field, address] of addresses)
    if (address !== undefined) document.setIn(["config", key, field], address);
  return withKey(document.toString({ lineWidth: 0 }), world.key ?? {});
}

/** The key that a stack's copy has from an earlier rehearsal. */
function earlierKey(file: string): KeyFields | undefined {
  const key = existsSync(file) ? keyOf(readFileSync(file, "utf8")) : {};
  return Object.keys(key).length === 0 ? undefined : key;
}

/** The secrets provider of a rehearsed stack: the file's own, with its key made in the sandbox; a passphrase without one. */
async function providerOf(text: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const { secretsprovider } = keyOf(text);
  if (secretsprovider === undefined || secretsprovider === "passphrase") return undefined;
  const key = stateKey(secretsprovider);
  if (key === undefined)
    throw new Complaint(
      `secretsprovider ${secretsprovider} cannot be rehearsed`,
      "the sandbox has keys of KMS by alias alone",
      "write awskms://alias/<name>?region=<region>",
    );
  await ensureKey(key, "rehearsal", env);
  return secretsprovider;
}

/** The stacks that raise tenants of a platform, as the stack files of a project say. */
export function tenantStacksOf(projectDir: string, platform: string): string[] {
  return stacksOf(projectDir).filter((name) => {
    const document = parseDocument(readFileSync(join(projectDir, stackFile(name)), "utf8"));
    return (
      document.getIn(["config", "estate:scope"]) === "tenants" &&
      document.getIn(["config", "estate:platform"]) === platform
    );
  });
}

/** A project's copy in a sandbox. */
export interface RehearsalProject {
  readonly folder: string;
  /** The stacks to raise, in order: a platform's, and those of its tenants. */
  readonly stacks: readonly string[];
}

/**
 * Copies the project into the sandbox, with the settings of `stack` as the sandbox needs them, and makes the stack in the
 * sandbox's backend; those of its tenants, too. The checkout stays as it is: Pulumi writes to the stack files it works with.
 */
export async function rehearsalProject(
  sandbox: Sandbox,
  stack: string,
  signal?: AbortSignal,
): Promise<RehearsalProject> {
  const folder = join(sandbox.dir, `project-${stack}`);
  const stacks = [stack, ...tenantStacksOf(checkout, stack)];
  const keys = new Map(stacks.map((name) => [name, earlierKey(join(folder, stackFile(name)))]));
  rmSync(folder, { recursive: true, force: true });
  copyProject(checkout, folder);
  const world = { vault: sandbox.vault.address, gitlab: sandbox.gitlab.url, registry: sandbox.harbor.url };
  const context = { cwd: folder, env: sandbox.env(), ...(signal === undefined ? {} : { signal }) };
  for (const name of stacks) {
    const file = join(folder, stackFile(name));
    const text = readFileSync(file, "utf8");
    const key = keys.get(name);
    writeFileSync(
      file,
      rehearsedSettings(text, { ...(name === stack ? world : {}), ...(key === undefined ? {} : { key }) }),
    );
    if (key === undefined) await initStack(context, name, await providerOf(text, context.env));
  }
  return { folder, stacks };
}
