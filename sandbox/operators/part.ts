import { lastLines, logFile, type Part } from "../part";

/** The operators' stand-in as a part of the sandbox. */
export function operatorsPart(
  dir: string,
  bundle: string,
  contexts: readonly string[],
  env: Readonly<Record<string, string>>,
): Part {
  return {
    name: "operators",
    file: process.execPath,
    args: [bundle, ...contexts],
    env,
    awaited: "its first line",
    boundMs: 30_000,
    look: () => Promise.resolve(lastLines(logFile(dir, "operators"), 1).length > 0 ? undefined : "an empty log"),
  };
}
