import type { EstateFacts } from "../model/home";
import { labelDomain } from "../model/labels";
import { secretReader } from "../model/platform";
import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";
import { policy, text, texts } from "./policy";

const only = (path: string, keys: readonly string[]): string => `${path}.all(key, key in ${texts(keys)})`;

/** Generators that make a value and ask nobody. */
const generators = ["Password", "SSHKey", "UUID"];

/** A place that may name a store. */
const ownStore = (ref: string): string => `${ref}.?kind.orValue("SecretStore") == "SecretStore"`;

const when = { "not-the-platform": notPlatform };

/** External Secrets reads with its own rights whatever a store names; so a store names the home's own folder. */
export function secretStores({ name: estate, vaultAddress }: EstateFacts): Guardrail {
  const vault = "object.spec.provider.vault";
  const jwt = `${vault}.auth.jwt`;
  const token = `${jwt}.kubernetesServiceAccountToken`;
  return {
    name: "secret-stores",
    summary: "Stores read the tenant's own secrets from the estate's Vault, and external secrets use such stores only",
    objects: [
      ...policy({
        name: "secret-stores",
        rules: [{ groups: ["external-secrets.io"], resources: ["secretstores"] }],
        when,
        demands: [
          {
            expression: `${only("object.spec.provider", ["vault"])} && ${vault}.server == ${text(vaultAddress)} && ${only(vault, ["server", "caBundle", "path", "version", "auth"])}`,
            message: "a store reads from the estate's Vault",
          },
          {
            expression: `${vault}.?path.orValue("") == ${text(estate)} && ${only(`${vault}.auth`, ["jwt"])} && ${only(jwt, ["path", "role", "kubernetesServiceAccountToken"])} && ${jwt}.?role.orValue("") == request.namespace && ${token}.serviceAccountRef.name == ${text(secretReader)} && !has(${token}.serviceAccountRef.namespace)`,
            message: "a store reads with the home's own role, as the home's own reader",
          },
        ],
      }),
      ...policy({
        name: "external-secrets",
        rules: [{ groups: ["external-secrets.io"], resources: ["externalsecrets"] }],
        when,
        demands: [
          {
            expression: [
              ownStore("object.spec.?secretStoreRef"),
              `object.spec.?data.orValue([]).all(d, ${ownStore("d.?sourceRef.?storeRef")})`,
              `object.spec.?dataFrom.orValue([]).all(d, ${ownStore("d.?sourceRef.?storeRef")})`,
            ].join(" && "),
            message: "an external secret uses a SecretStore of its own namespace",
          },
          {
            expression: `object.spec.?dataFrom.orValue([]).all(d, d.?sourceRef.?generatorRef.?kind.orValue("Password") in ${texts(generators)})`,
            message: `an external secret is made by one of ${generators.join(", ")}`,
          },
          {
            expression:
              'object.spec.?target.?template.?type.orValue("Opaque") != "kubernetes.io/service-account-token" && !has(object.spec.target.manifest)',
            message: "an external secret makes a Secret, and none for a ServiceAccount's token",
          },
          {
            // By another it would write into a Secret that is not its own, with the controller's rights.
            expression: 'object.spec.?target.?creationPolicy.orValue("Owner") in ["Owner", "None"]',
            message: "an external secret owns the Secret that it makes: creationPolicy Owner",
          },
          {
            expression: ["labels", "annotations"]
              .map(
                (marks) =>
                  `object.spec.?target.?template.?metadata.?${marks}.orValue({}).all(key, !key.startsWith("${labelDomain}/"))`,
              )
              .join(" && "),
            message: `labels and annotations of ${labelDomain} are the platform's`,
          },
        ],
      }),
    ],
  };
}
