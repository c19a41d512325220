import type { EstateFacts } from "../model/home";
import { label } from "../model/labels";
import { mirroredImage } from "../model/mirror";
import { imageFolder, registryHost } from "../model/names";
import { vclusterImages } from "../model/versions";
import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";
import { policy, text, texts } from "./policy";

/**
 * An image's name with its host, as runtimes read it. What is no such name begins like anything: `host/own/../other/app`
 * begins with the own project.
 */
const part = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";
const form = `^[a-z0-9]+([.-]+[a-z0-9]+)*(:[0-9]+)?(/${part})+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$`;

/** Everything that a pod would have pulled: its containers', and volumes that are images. */
function imagesOf(pod: string): string {
  const containers = ["containers", "initContainers", "ephemeralContainers"].map(
    (list) => `${pod}.spec.?${list}.orValue([]).map(c, c.?image.orValue(""))`,
  );
  const volumes = `${pod}.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(""))`;
  return [...containers, volumes].join(" + ");
}

/** A home runs its tenant's images, and those that the settings or a virtual cluster bring. */
export function images({ name: estate, registry, mirror }: EstateFacts): Guardrail {
  const projects = `${registryHost(registry.url)}/${imageFolder(registry.kind, estate, "")}`;
  return {
    name: "images",
    summary: "Containers run images of the tenant's own project, or from where estate:registry.alsoFrom allows",
    objects: policy({
      name: "images",
      rules: [{ groups: [""], resources: ["pods", "pods/ephemeralcontainers"] }],
      when: { "not-the-platform": notPlatform },
      variables: {
        images: imagesOf("object"),
        // A pod that runs is changed by controllers, too, and may be older than the settings.
        known: `request.operation == "UPDATE" ? ${imagesOf("oldObject")} : []`,
        // With the slash: team-a is the beginning of team-ab.
        own: `${text(projects)} + namespaceObject.metadata.labels[${text(label.tenant)}] + "/"`,
        // No setting opens another tenant's project.
        shared: `variables.images.filter(i, !i.startsWith(${text(projects)}) && ${texts(registry.alsoFrom)}.exists(p, i.startsWith(p)))`,
        virtual: `namespaceObject.metadata.labels[?${text(label.isolation)}].orValue("") == "vcluster" ? ${texts(vclusterImages.map((image) => mirroredImage(image, mirror)))} : []`,
      },
      demands: [
        {
          expression: `variables.images.all(i, i in variables.known || (i.matches(${text(form)}) && (i.startsWith(variables.own) || i in variables.shared || variables.virtual.exists(p, i.startsWith(p)))))`,
          message: `images come from the tenant's own project, ${projects}<tenant>/, or from where estate:registry.alsoFrom allows, and are named with their host`,
        },
      ],
    }),
  };
}
