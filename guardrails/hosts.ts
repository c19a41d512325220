import { annotation } from "../model/labels";
import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";
import { policy, texts, type Demand } from "./policy";

/** The home's hosts, as its namespace says. A host that is left out would be an empty one: every host. */
const variables = {
  hosts: `namespaceObject.metadata.?annotations.orValue({})[?"${annotation.hosts}"].orValue("").split(",").filter(h, h != "")`,
};

const when = { "not-the-platform": notPlatform };

/** Annotations without which little works, and which reach no further than the object that they are on. */
const harmless = [
  "backend-protocol",
  "force-ssl-redirect",
  "proxy-body-size",
  "proxy-connect-timeout",
  "proxy-read-timeout",
  "proxy-send-timeout",
  "rewrite-target",
  "ssl-redirect",
  "use-regex",
].map((name) => `nginx.ingress.kubernetes.io/${name}`);

/** What tools keep for themselves. */
const bookkeeping = [
  "helm.toolkit.fluxcd.io/",
  "kubectl.kubernetes.io/",
  "kustomize.toolkit.fluxcd.io/",
  "meta.helm.sh/",
];

const annotations: Demand = {
  expression: `object.metadata.?annotations.orValue({}).all(key, !key.contains("/") || key in ${texts(harmless)} || ${texts(bookkeeping)}.exists(prefix, key.startsWith(prefix)))`,
  message: "only annotations that are known to be harmless: others configure the shared proxy, or claim names",
};

const claimed = "only hosts that the tenant's file allots to an application in this environment, and each by its name";

/** The shared entrance leads by host names: who names another's gets its visitors. */
export const hosts: Guardrail = {
  name: "hosts",
  summary: "Ingresses and routes have the hosts that the tenant's applications were allotted",
  objects: [
    ...policy({
      name: "ingresses",
      rules: [{ groups: ["networking.k8s.io"], resources: ["ingresses"] }],
      when,
      variables,
      demands: [
        {
          expression:
            'object.spec.?rules.orValue([]).all(r, r.?host.orValue("") in variables.hosts) && object.spec.?tls.orValue([]).all(t, size(t.?hosts.orValue([])) > 0 && t.hosts.all(h, h in variables.hosts))',
          message: claimed,
        },
        {
          expression: "!has(object.spec.defaultBackend)",
          message: "a default backend answers to every host: name them",
        },
        annotations,
      ],
    }),
    ...policy({
      name: "routes",
      rules: [{ groups: ["gateway.networking.k8s.io"], resources: ["grpcroutes", "httproutes", "tlsroutes"] }],
      when,
      variables,
      demands: [
        {
          expression:
            "size(object.spec.?hostnames.orValue([])) > 0 && object.spec.hostnames.all(h, h in variables.hosts)",
          message: claimed,
        },
        {
          expression:
            "object.spec.?rules.orValue([]).all(r, r.?backendRefs.orValue([]).all(b, b.?namespace.orValue(request.namespace) == request.namespace))",
          message: "a route leads to Services of its own namespace",
        },
        annotations,
      ],
    }),
    ...policy({
      name: "service-names",
      rules: [{ groups: [""], resources: ["services"] }],
      when,
      demands: [
        {
          expression:
            'object.metadata.?annotations.orValue({}).all(key, !key.startsWith("external-dns.alpha.kubernetes.io/"))',
          message: "names in DNS come of ingresses and routes: no annotation of external-dns",
        },
      ],
    }),
  ],
};
