import type { ImageVersions } from "../../engines/engine";
import type { EstateFacts } from "../../model/home";
import { promotedFolders, type Promotion } from "../../model/pipeline";

const folders = promotedFolders.map((folder) => `\`${folder}/\``).join(" and ");

/** What is the same for every tenant, told once: how images are named, how repositories are laid out, what is promoted. */
export function guide(estate: EstateFacts, promotions: readonly Promotion[], updates?: ImageVersions): string {
  const [first] = promotions;
  const mark = updates?.mark(first?.from ?? "<environment>") ?? "";
  const lines = [
    "# Pipelines",
    "",
    "This project is written by Estate. Every application includes `application.yml`.",
    "",
    "## Images",
    "",
    "A push to a protected branch builds the application's image into the tenant's project of the registry. Its tag is what",
    "the file `VERSION` says, a hyphen, and the pipeline's number: `1.4.0-123`. So versions grow, and `^1.x-0` follows them.",
    "",
    "## What runs in an environment",
    "",
    "Each environment's repository, `ops-<environment>`, has three parts: `base/` is what runs, `images/` says which versions,",
    "and the rest are the environment's own values.",
    "",
    "```yaml",
    "# kustomization.yaml: the environment's own values",
    "resources: [base]",
    "components: [images]",
    "patches:",
    "  - target: { kind: Deployment, name: web }",
    "    patch: '[{ op: replace, path: /spec/replicas, value: 1 }]'",
    "---",
    "# images/kustomization.yaml",
    "apiVersion: kustomize.config.k8s.io/v1alpha1",
    "kind: Component",
    "images:",
    `  - name: ${updates?.name(estate) ?? "web"}`,
    `    newTag: 1.4.0-123${mark}`,
    "```",
    "",
    updates?.told ?? "A new version runs once its tag is committed here: an application's own pipeline may do that.",
    ...(first === undefined
      ? []
      : [
          "",
          "## Promotion",
          "",
          ...promotions.map(
            ({ from, into }) => `- A push to \`ops-${from}\` opens a merge request to \`ops-${into}\`.`,
          ),
          "",
          `The request carries ${folders} and nothing else. The next push renews it, and an owner merges it.`,
        ]),
    "",
  ];
  return lines.join("\n");
}
