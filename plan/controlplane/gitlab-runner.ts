import type { Json, KubernetesObject } from "../../model/kubernetes";
import { helmAddress, mirroredChart, mirroredImage } from "../../model/mirror";
import { serviceCharts } from "../../model/services";
import type { ReleasePlan } from "../platform";
import { serviceNamespace } from "./namespace";
import { authoritySecret, type ServicePlace } from "./place";

/** The namespace of the runner, and of the pods that jobs run in. */
export const runnerNamespace = "gitlab-runner";
/** The Secret with the runner's token, under the names that the chart knows. */
export const runnerSecret = "gitlab-runner";

/** A runner for the GitLab that is installed. */
export interface RunnerPlan {
  readonly namespace: KubernetesObject;
  readonly release: ReleasePlan;
}

/** The runner's own configuration: jobs are pods without privileges, in its namespace. */
function config({ mirror }: ServicePlace): string {
  const helper = `registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v${serviceCharts.gitlabRunner.program}`;
  return [
    "[[runners]]",
    "  [runners.kubernetes]",
    `    namespace = "${runnerNamespace}"`,
    "    privileged = false",
    "    allow_privilege_escalation = false",
    `    helper_image = "${mirroredImage(helper, mirror)}"`,
    '    cpu_request = "100m"',
    '    memory_request = "256Mi"',
    "",
  ].join("\n");
}

/** Plans it. What its token allows is said in GitLab, where it is made: here it may not be said again. */
export function planRunner({ concurrent }: { readonly concurrent: number }, place: ServicePlace): RunnerPlan {
  const { mirror, host, ownAuthority } = place;
  const authority: { readonly [key: string]: Json } = ownAuthority
    ? {
        volumes: [
          {
            name: "authority",
            secret: { secretName: authoritySecret, items: [{ key: "ca.crt", path: `${host}.crt` }] },
          },
        ],
        volumeMounts: [{ name: "authority", mountPath: "/home/gitlab-runner/.gitlab-runner/certs", readOnly: true }],
      }
    : {};
  return {
    // Jobs that build images need to become another user inside; nothing here needs to be privileged.
    namespace: serviceNamespace(runnerNamespace, "baseline"),
    release: {
      name: "gitlab-runner",
      namespace: runnerNamespace,
      ...helmAddress(mirroredChart(serviceCharts.gitlabRunner, mirror)),
      version: serviceCharts.gitlabRunner.version,
      values: {
        gitlabUrl: `https://${host}/`,
        concurrent,
        rbac: { create: true },
        serviceAccount: { create: true },
        ...(mirror === undefined ? {} : { image: { registry: mirror.images } }),
        runners: { secret: runnerSecret, config: config(place) },
        ...authority,
      },
    },
  };
}
