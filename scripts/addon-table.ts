import { addons } from "../model/addons";
import type { Addon } from "../model/addon";
import { isOci } from "../model/mirror";

const code = (text: string): string => `\`${text}\``;

function where({ roles, kinds }: Addon): string {
  const places = roles.length === 2 ? "all clusters" : roles.map((role) => `${role} clusters`).join(", ");
  return kinds === undefined ? places : `${places} of kind ${kinds.join(", ")}`;
}

function row(addon: Addon): string[] {
  const { name, summary, source, version, namespace, podSecurity, layer, needs = [], rehearsed } = addon;
  const chart = isOci(source) ? `${source.repository}/${source.chart}` : `${source.repository} (${source.chart})`;
  return [
    code(name),
    summary,
    `${chart} ${version}`,
    `${code(namespace)}, ${podSecurity}`,
    layer,
    needs.map(code).join(", "),
    where(addon),
    "not" in rehearsed ? `no: ${rehearsed.not}` : "yes",
  ];
}

const head = ["addon", "what for", "chart and version", "namespace, Pod Security", "layer", "needs", "goes to", "values tried against the chart"]; // prettier-ignore

/** The rows of the catalogue's table in docs/addons.md, with its head. */
export function addonRows(): string[][] {
  return [head, ...addons.map(row)];
}

/** The same as Markdown. */
export function addonTable(): string {
  const [first = [], ...rest] = addonRows();
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(first), line(first.map(() => "---")), ...rest.map(line)].join("\n");
}
