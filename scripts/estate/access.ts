import { accessRowChanges, accessRows, type AccessRow } from "../../plan/access-rows";
import { misread, readOperands } from "../arguments";
import { columns, print, type Command } from "./command";
import { withFilesAt } from "./files-at";
import { stackPlan } from "./stack-plan";

const usage = "estate access [--stack <name>] [--tenant <name>] [--diff <git ref>] [--format table|markdown|json]";

const heads = ["tenant", "who", "may", "plane", "where"] as const;

/** A row, and in a difference whether it came or went. */
type Row = AccessRow & { readonly change?: "more" | "less" };

const cellsOf = (row: Row, isDiff: boolean): string[] => [
  ...(isDiff ? [row.change ?? ""] : []),
  ...heads.map((head) => row[head]),
];

/** The rows as a table of Markdown. Names are no markup, but a bar would end a cell. */
export function accessMarkdown(rows: readonly Row[], isDiff: boolean): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const titles = isDiff ? ["change", ...heads] : heads;
  return [line(titles), line(titles.map(() => "---")), ...rows.map((row) => line(cellsOf(row, isDiff)))].join("\n");
}

/** The same for a terminal. */
export function accessTable(rows: readonly Row[], isDiff: boolean): string {
  if (rows.length === 0) return isDiff ? "access does not change" : "nobody has access to anything";
  return columns([isDiff ? ["change", ...heads] : heads, ...rows.map((row) => cellsOf(row, isDiff))]);
}

/** Who can do what where. */
export const accessCommand: Command = {
  name: "access",
  usage,
  summary: "who can do what where, by the files; or what changes of it since a Git ref",
  run: (args) => {
    const { values } = readOperands(
      usage,
      {
        stack: { type: "string", default: "dev" },
        tenant: { type: "string" },
        diff: { type: "string" },
        format: { type: "string", default: "table" },
      },
      [],
      args,
    );
    const { stack, tenant, diff, format } = values;
    if (!["table", "markdown", "json"].includes(format)) throw misread(usage, `no format "${format}"`);
    const read = (dir: string): AccessRow[] =>
      accessRows(stackPlan(dir, stack)).filter((row) => tenant === undefined || row.tenant === tenant);
    const after = read(process.cwd());
    const changes = diff === undefined ? undefined : accessRowChanges(withFilesAt(process.cwd(), diff, read), after);
    const rows: Row[] =
      changes === undefined
        ? after
        : [
            ...changes.gained.map((row) => ({ ...row, change: "more" as const })),
            ...changes.lost.map((row) => ({ ...row, change: "less" as const })),
          ];
    if (format === "json") print(JSON.stringify(rows, undefined, 2));
    else print((format === "markdown" ? accessMarkdown : accessTable)(rows, changes !== undefined));
    return 0;
  },
};
