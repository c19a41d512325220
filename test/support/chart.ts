import { moduleDir } from "@estate/sandbox";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments, stringify } from "yaml";
import { execute, parseTemplate, type Templates } from "./go-template";

type Values = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Values => typeof value === "object" && value !== null && !Array.isArray(value);

/** Values laid over a chart's own as Helm does it: maps merge key by key, lists and scalars replace, null takes away. */
export function mergeValues(chart: unknown, own: unknown): unknown {
  if (!isMap(chart) || !isMap(own)) return own;
  const merged: Record<string, unknown> = { ...chart };
  for (const [key, value] of Object.entries(own)) {
    merged[key] = key in chart ? mergeValues(chart[key], value) : value;
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** The vCluster chart of the Go module cache: its values, its schema, and its templates by file name. */
export class VclusterChart {
  private constructor(
    private readonly chart: unknown,
    readonly values: unknown,
    readonly schema: object,
    private readonly templates: ReadonlyMap<string, string>,
    private readonly defines: Templates,
  ) {}

  static async load(): Promise<VclusterChart> {
    const folder = join(await moduleDir("vcluster"), "chart");
    const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
    const templates = new Map(readdirSync(join(folder, "templates")).map((file) => [file, read("templates", file)]));
    const defines: Templates = new Map();
    for (const [file, text] of templates) if (file.endsWith(".tpl")) parseTemplate(text, defines);
    const { name, version } = parse(read("Chart.yaml")) as { name: string; version: string };
    return new VclusterChart(
      { Name: name, Version: version },
      parse(read("values.yaml")),
      JSON.parse(read("values.schema.json")) as object,
      templates,
      defines,
    );
  }

  /** The chart's own values with `own` over them. */
  merged(own: unknown): unknown {
    return mergeValues(this.values, own);
  }

  /** What one template makes of merged values, by kind and name. */
  render(file: string, release: string, values: unknown): Values[] {
    const template = this.templates.get(file);
    if (template === undefined) throw new RangeError(`the chart has no template ${file}`);
    const root = {
      Values: values,
      Release: { Name: release, Namespace: release, Service: "Helm" },
      Chart: this.chart,
      Capabilities: { KubeVersion: { Major: "1", Minor: "36" } },
    };
    const text = execute(parseTemplate(template, this.defines), root, this.defines, (value) => stringify(value));
    return parseAllDocuments(text).flatMap((document) => {
      const object: unknown = document.toJS();
      return isMap(object) && "kind" in object ? [object] : [];
    });
  }

  /** Everything that the chart makes of merged values. */
  renderAll(release: string, values: unknown): Values[] {
    return [...this.templates.keys()]
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) => this.render(file, release, values));
  }
}
