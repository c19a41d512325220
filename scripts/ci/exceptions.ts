import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type EndedException, withoutEnded } from "../../review/exceptions";
import { isData } from "../../review/permission";
import type { Files, Proposal } from "./host";

interface Found {
  readonly path: string;
  readonly text: string;
  readonly ended: readonly EndedException[];
}

function found(folder: string, today: string): Found[] {
  return readdirSync(join(folder, "tenants"))
    .map((file) => `tenants/${file}`)
    .filter(isData)
    .sort()
    .map((path) => ({ path, ...withoutEnded(readFileSync(join(folder, path), "utf8"), today) }))
    .filter(({ ended }) => ended.length > 0);
}

const code = (text: string): string => `\`${text.replaceAll(/[`\r\n]+/g, " ")}\``;

/** The change that takes ended exceptions out of the tenants' files of a project; undefined when none has ended. */
export function endedExceptions(folder: string, today: string): Proposal | undefined {
  const files = found(folder, today);
  if (files.length === 0) return undefined;
  const rows = files.flatMap(({ path, ended }) =>
    ended.map(
      ({ set, environment, until, reason }) =>
        `- ${code(path)}: ${code(set)}${environment === undefined ? "" : ` in ${code(environment)}`} ended on ${until} (${code(reason)})`,
    ),
  );
  return {
    branch: "estate/ended-exceptions",
    title: "Remove exceptions that have ended",
    body: [
      "These exceptions from profiles have ended and still hold. Merging takes them away; whoever needs one longer has it approved again, with a later `until`.",
      "",
      ...rows,
      "",
    ].join("\n"),
    files: Object.fromEntries(files.map(({ path, text }) => [path, text])) satisfies Files,
  };
}
