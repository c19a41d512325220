import { secretFromVault } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { secretFolder } from "../../model/names";

/** The Secret whose values stand for `${name}` in the tenant's manifests. */
const name = "delivery-values";

/**
 * All keys as names that Flux knows (letters, digits, underscores), all values in Base64: as they are, some would end a line or
 * a quoted text. The two braces are of External Secrets' templates.
 */
const inBase64 = `{{ range $key, $value := . }}{{ regexReplaceAll "[^A-Za-z0-9_]" $key "_" }}: {{ $value | b64enc | quote }}
{{ end }}`;

/** What brings the values from Vault, and what lets Flux put them in; nothing where none are named. */
export function secretValues(
  home: TenantHome,
  secrets: readonly string[],
): { readonly objects: KubernetesObject[]; readonly spec: Readonly<Record<string, Json>> } {
  if (secrets.length === 0) return { objects: [], spec: {} };
  const folder = secretFolder(home.tenant.name, home.environment.name);
  const object = secretFromVault(home, name, {
    template: {
      // By this label Flux delivers anew when a value changes.
      metadata: { labels: { "reconcile.fluxcd.io/watch": "Enabled" } },
      templateFrom: [{ target: "Data", literal: inBase64 }],
    },
    source: {
      dataFrom: secrets.map((secret) => ({
        extract: { key: `${folder}/${secret}` },
        rewrite: [{ regexp: { source: "(.*)", target: `${secret}_$1` } }],
      })),
    },
  });
  return { objects: [object], spec: { postBuild: { substituteFrom: [{ kind: "Secret", name }] } } };
}
