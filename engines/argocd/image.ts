import type { EstateFacts } from "../../model/home";
import { mirroredImage } from "../../model/mirror";
import { images, versions } from "../../model/versions";
import { settingsOf } from "./settings";

/** An image as charts take it. */
export interface TaggedImage {
  readonly repository: string;
  readonly tag: string;
}

/** Argo CD's image: its own with its version, or the one with curl in it that the settings name. */
export function argocdImage(estate: EstateFacts): TaggedImage {
  const { login } = settingsOf(estate);
  if (login.kind === "issuer")
    return { repository: mirroredImage(images.argoCd, estate.mirror), tag: `v${versions.argoCd.installed}` };
  const [, repository = "", tag = ""] = /^(.+):([^:/]+)$/.exec(login.image) ?? [];
  return { repository, tag };
}

/** The same as a container names it. */
export const imageName = ({ repository, tag }: TaggedImage): string => `${repository}:${tag}`;
