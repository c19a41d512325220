import { git } from "../../scripts/live/git";

/** Runs git and insists on success, telling what was printed otherwise. */
export async function succeedGit(cwd: string, ...args: string[]): Promise<string> {
  const { code, output } = await git(cwd, ...args);
  if (code !== 0) throw new Error(`git ${args.join(" ")} ended with ${String(code)}: ${output}`);
  return output.trim();
}
