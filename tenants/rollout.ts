import { z } from "zod";
import { checkProfile } from "../config/check-profile";
import { mistake } from "../config/mistake";
import { describeIssues } from "../config/report";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import type { Places, Source } from "../config/source";
import { suggestion } from "../config/suggestion";
import type { Problem } from "../model/problem";
import { applyExceptions, exceptionPath } from "../model/profile";
import { profileSchema } from "./exceptions";

const anyObject = z.record(z.string(), z.json());

/** What a rollout changes in profiles must be what the profiles themselves could say. */
export function checkRolloutProfiles(settings: Settings, features: Features, { placeOf }: Places): Problem[] {
  const schema = profileSchema(features);
  return Object.entries(settings.rollout?.profiles ?? {}).flatMap(([name, changes]) => {
    const at = ["rollout", "profiles", name];
    const profile = Object.hasOwn(settings.profiles, name) ? settings.profiles[name] : undefined;
    if (profile === undefined)
      return [
        mistake(
          "K008",
          placeOf(at, "key"),
          `unknown profile "${name}"`,
          suggestion(name, Object.keys(settings.profiles)),
        ),
      ];
    const base = anyObject.parse(profile);
    const problems = changes.flatMap((change, index) => {
      const changed = applyExceptions(base, [change], "");
      const result = schema.safeParse(changed);
      if (result.success) return [];
      const set = exceptionPath(change.set);
      const inside: Source = {
        data: changed,
        prefix: "",
        placeOf: (path, part) =>
          part === "key" || path.length < set.length
            ? placeOf([...at, index, "set"])
            : placeOf([...at, index, "value", ...path.slice(set.length)]),
        writtenAt: () => undefined,
        refuses: () => false,
      };
      return describeIssues(result.error.issues, schema, inside).map(({ problem }) => problem);
    });
    if (problems.length > 0) return problems;
    // Numbers that are fine alone need not fit each other; what the profile itself has wrong is told where it stands.
    const last = placeOf([...at, Math.max(0, changes.length - 1), "value"]);
    const before = new Set(checkProfile(profile, [], { placeOf }).map(({ cause }) => cause));
    return checkProfile(schema.parse(applyExceptions(base, changes, "")), [], { placeOf: () => last }).filter(
      ({ cause }) => !before.has(cause),
    );
  });
}
