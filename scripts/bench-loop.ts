import { setTimeout as sleep } from "node:timers/promises";
import { deployment } from "./live/deployment";
import type { LiveHome } from "./live/home";

/** Milliseconds of each sample. */
export interface Samples {
  readonly what: string;
  readonly milliseconds: readonly number[];
}

/** Median and worst, in seconds. */
export function spread({ milliseconds }: Samples): { readonly median: number; readonly worst: number } {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  return { median: median / 1000, worst: (sorted.at(-1) ?? 0) / 1000 };
}

/** From the end of a push to the object's being there with what was pushed. */
async function commitToObject(home: LiveHome, sample: number): Promise<number> {
  const name = "bench";
  const note = `${String(Date.now())}-${String(sample)}`;
  await home.commit({
    "kustomization.yaml": "resources: [bench.yaml]\n",
    "bench.yaml": `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, annotations: { note: "${note}" } } }\n`,
  });
  return home.appears(
    home.at("v1", "ConfigMap", name),
    180_000,
    (found) => found.metadata.annotations?.["note"] === note,
  );
}

/** Pushes a Deployment of the tenant's own image, and waits until it is in its namespace. */
export async function firstDeployment(home: LiveHome, image: string): Promise<void> {
  await home.says(home.at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations"), /^True /, 180_000);
  await home.commit({
    "kustomization.yaml": "resources: [first.yaml]\n",
    "first.yaml": deployment({ name: "first", image, note: "bench" }),
  });
  await home.appears(home.at("apps/v1", "Deployment", "first"), 180_000);
}

/** One after the other, in one home. */
export async function withWebhook(home: LiveHome, count: number): Promise<Samples> {
  // The first waits for the credential, too.
  await home.says(home.at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations"), /^True /, 180_000);
  await commitToObject(home, -1);
  const milliseconds: number[] = [];
  for (let sample = 0; sample < count; sample += 1) milliseconds.push(await commitToObject(home, sample));
  return { what: `commit to object, with webhook (${String(count)})`, milliseconds };
}

/** The interval at which Flux looks by itself (features/reconciliation.ts). */
const interval = 60_000;

/** The same with deaf receivers, in several homes at once, and begun at any moment of Flux's minute. */
export async function withoutWebhook(homes: readonly LiveHome[], count: number): Promise<Samples> {
  const deaf = (home: LiveHome, suspend: boolean) =>
    home.cluster.patch(home.at("notification.toolkit.fluxcd.io/v1", "Receiver", "operations"), { spec: { suspend } });
  await Promise.all(homes.map((home) => deaf(home, true)));
  const milliseconds: number[] = [];
  let left = count;
  await Promise.all(
    homes.map(async (home) => {
      while (left > 0) {
        left -= 1;
        await sleep(Math.random() * interval);
        milliseconds.push(await commitToObject(home, left));
      }
    }),
  );
  await Promise.all(homes.map((home) => deaf(home, false)));
  return { what: `commit to object, without (${String(count)})`, milliseconds };
}
