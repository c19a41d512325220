import { Complaint } from "@estate/sandbox";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { stackFile } from "../config/stack-file";
import { pulumi, type PulumiContext } from "./pulumi-cli";

/** What a stack file says of the key of its secrets. */
export const keyFields = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

export type KeyFields = Readonly<Partial<Record<(typeof keyFields)[number], string>>>;

/** The key of a stack as its file says it. */
export function keyOf(text: string): KeyFields {
  const document = parseDocument(text);
  return Object.fromEntries(
    keyFields.flatMap((field) => {
      const value: unknown = document.get(field);
      return typeof value === "string" ? [[field, value]] : [];
    }),
  );
}

/** A stack file with another key, and as it was for the rest: comments, quotes and order. */
export function withKey(text: string, key: KeyFields): string {
  const document = parseDocument(text);
  for (const field of keyFields) {
    const value = key[field];
    if (value === undefined) document.delete(field);
    else document.set(field, value);
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * Makes a stack in the backend, by the secrets provider that is named or a passphrase, and gives its key. Pulumi writes the
 * whole stack file anew, and `true` as a text; so of what it wrote only the key is kept.
 */
export async function initStack(context: PulumiContext, stack: string, secretsProvider?: string): Promise<KeyFields> {
  const file = join(context.cwd, stackFile(stack));
  const before = readFileSync(file, "utf8");
  // A provider in the file with the key of another backend's stack would be tried, and fail.
  writeFileSync(file, withKey(before, {}));
  const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
  const { code, output } = await pulumi(context, "stack", "init", stack, ...provider);
  if (code !== 0) {
    writeFileSync(file, before);
    throw new Complaint(`stack ${stack} cannot be made`, output.trim().slice(-2000), "mend that and run this again");
  }
  const key = keyOf(readFileSync(file, "utf8"));
  writeFileSync(file, withKey(before, key));
  return key;
}
