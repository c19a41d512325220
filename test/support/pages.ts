import { expect } from "vitest";
import { boxesOf, edit, type Ran } from "./commands";
import type { TestProject } from "./project";

/** How a page is followed. */
export interface Way {
  readonly section?: string;
  /** What stands in for its days. */
  readonly days?: Readonly<Record<string, string>>;
  /** Comes before each box. */
  readonly before?: (box: number) => Promise<unknown>;
  /** Does its `pulumi up`, the first, second, third. */
  readonly apply: (command: string, time: number) => Promise<unknown>;
}

/** Does what a page of docs/how-to says, box by box; gives what its commands told. */
export async function followPage(
  project: TestProject,
  page: string,
  { section, days = {}, before, apply }: Way,
  type: (command: string) => Promise<Ran>,
): Promise<string> {
  const told: string[] = [];
  let time = 0;
  const run = async (lines: readonly string[]): Promise<unknown> =>
    lines.length === 0 ? undefined : told.push((await type(lines.join("\n"))).output);
  for (const [index, { language, text }] of boxesOf(project, `how-to/${page}`, section).entries()) {
    await before?.(index);
    if (language === "yaml")
      edit(
        project,
        text.replaceAll(/\d{4}-\d\d-\d\d/g, (day) => days[day] ?? day),
      );
    if (language !== "sh") continue;
    let lines: string[] = [];
    for (const line of text.split("\n")) {
      if (line.startsWith("pulumi up ")) {
        await run(lines);
        lines = [];
        await apply(line, time);
        time += 1;
      } else lines.push(line);
    }
    await run(lines);
  }
  expect(told.length + time, `commands on ${page}`).toBeGreaterThan(0);
  return told.join("\n");
}
