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

/** A chart of the Go module cache: its values, its schema, and its templates by file name. */
export class Chart {
  private constructor(
    private readonly chart: Readonly<Record<string, string | undefined>>,
    readonly values: unknown,
    readonly schema: object,
    private readonly templates: ReadonlyMap<string, string>,
    private readonly defines: Templates,
  ) {}

  /** The chart in a folder of a component's module. */
  static async load(component: string, path: string): Promise<Chart> {
    const folder = join(await moduleDir(component), path);
    const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");
    const templates = new Map(
      readdirSync(join(folder, "templates"), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => [name, read("templates", name)]),
    );
    const defines: Templates = new Map();
    for (const [file, text] of templates) if (file.endsWith(".tpl")) parseTemplate(text, defines);
    const { name, version, appVersion } = parse(read("Chart.yaml")) as Readonly<Record<string, string>>;
    return new Chart(
      { Name: name, Version: version, AppVersion: appVersion },
      parse(read("values.yaml")),
      JSON.parse(read("values.schema.json")) as object,
      templates,
      defines,
    );
  }

  get version(): string {
    return this.chart["Version"] ?? "";
  }

  /** The chart's own values with `own` over them. */
  merged(own: unknown): unknown {
    return mergeValues(this.values, own);
  }

  /** What one template makes of merged values, by kind and name. */
  render(file: string, release: string, values: unknown, namespace = release): Values[] {
    const template = this.templates.get(file);
    if (template === undefined) throw new RangeError(`the chart has no template ${file}`);
    const root = {
      Values: values,
      Release: { Name: release, Namespace: namespace, Service: "Helm" },
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
