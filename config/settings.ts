import type { Problem } from "../model/problem";
import { checkDocument } from "./check";
import { checkSettings } from "./check-settings";
import { type Settings, settingsSchema } from "./schema";
import type { Source } from "./source";
import { readScopedConfig } from "./scope";
import type { RuntimeConfig } from "./stack-file";

export type { Settings } from "./schema";
export type { RuntimeConfig } from "./stack-file";

/** The features whose keys the schemas take. */
export type Features = Parameters<typeof settingsSchema>[0];

/** Which settings to read. */
export interface SettingsRequest {
  /** The folder of `Pulumi.yaml`. */
  readonly projectDir: string;
  readonly stack: string;
  readonly features: Features;
  /** All configuration of the running program, when one runs: `pulumi.runtime.allConfig()`. */
  readonly runtime?: RuntimeConfig;
}

/** What could be read of the settings, and everything that is wrong with them. */
export interface ReadSettings {
  readonly settings?: Settings;
  readonly source?: Source;
  readonly problems: readonly Problem[];
}

/** Reads and checks the settings without throwing, so that more problems can be told with theirs. */
export function readSettings({ projectDir, stack, features, runtime }: SettingsRequest): ReadSettings {
  const schema = settingsSchema(features);
  const shape: Readonly<Record<string, (typeof schema.shape)[keyof typeof schema.shape]>> = schema.shape;
  const takesText = (key: string, text: string): boolean =>
    Object.hasOwn(shape, key) && shape[key]?.safeParse(text).success === true;
  const { source, findings, problems } = readScopedConfig(projectDir, stack, runtime, takesText);
  if (source === undefined) return { problems };
  const checked = checkDocument(schema, source, findings);
  const all = [...problems, ...checked.problems];
  if (checked.value === undefined) return { source, problems: all };
  return { settings: checked.value, source, problems: [...all, ...checkSettings(checked.value, source)] };
}

/** Whether anything stops. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}
