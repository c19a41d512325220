import type { Manifest } from "@estate/clients";
import { creates, kubeController, neighbour, object, patches, replaces, type Attack, type Trial } from "../attack";
import { life, withLives } from "./life";

const attack = (what: string, made: Manifest, reason: string, twin: Manifest): Attack => ({
  threat: 13,
  what,
  attempt: creates(made),
  reason,
  twin: creates(twin),
});

const claim = (spec: object, metadata: object = {}): Manifest =>
  object(
    "v1",
    "PersistentVolumeClaim",
    { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec } },
    metadata,
  );
const unbound = claim({}, { name: "unbound" });
const takes = { spec: { volumeName: "of-another" } };

const held: Trial = {
  guardrail: "volumes",
  before: [unbound],
  attacks: [
    attack("a claim of a volume that is there", claim({ volumeName: "of-another" }), "no volumeName", claim({})),
    attack(
      "a claim of any volume that is there",
      claim({ storageClassName: "" }),
      "a storageClassName, or none for the default",
      claim({ storageClassName: "fast" }),
    ),
    attack(
      "a claim of a volume by its labels",
      claim({ selector: { matchLabels: { of: "another" } } }),
      "no selector",
      claim({}),
    ),
    {
      threat: 13,
      what: "a volume put into a claim that waits",
      attempt: patches(unbound, takes),
      reason: "no volumeName",
      twin: patches(unbound, { metadata: { labels: { app: "web" } } }),
    },
  ],
  controls: [
    {
      what: "Kubernetes binds a claim to its volume",
      attempt: replaces(
        unbound,
        (now) => ({ ...now, spec: { ...(now["spec"] as object), ...takes.spec } }),
        kubeController("persistent-volume-binder"),
      ),
    },
  ],
};

const ofAnother = claim({
  dataSourceRef: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "x", namespace: neighbour },
});
const lived = life(
  { threat: 13, what: "a claim of another namespace's data", reason: "no dataSourceRef.namespace" },
  "claim",
  ofAnother,
  claim({}),
);

/** What claims keep. The source of a claim's data cannot change later: that is only made. */
export const volumes = withLives(held, {
  ...lived,
  attacks: [attack("a claim of another namespace's data", ofAnother, "no dataSourceRef.namespace", claim({}))],
});
