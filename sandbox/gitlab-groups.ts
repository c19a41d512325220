import { GitLabClient, JsonStatusError } from "@estate/clients";
import { Complaint } from "./complaint";

/** The group below which the program makes its tenants'. With a real GitLab an operator has made it: Estate does not. */
export const tenantsParent = "platform/tenants";

/** Makes a group and those above it, unless they are there. */
export async function ensureGroup(url: string, token: string, path: string): Promise<void> {
  const gitlab = new GitLabClient(url, token);
  let parent: unknown;
  const names = path.split("/");
  try {
    for (const [index, name] of names.entries()) {
      const whole = names.slice(0, index + 1).join("/");
      const group =
        (await gitlab.read(`groups/${encodeURIComponent(whole)}`)) ??
        (await gitlab.write("POST", "groups", { name, path: name, visibility: "private", parent_id: parent }));
      parent = group["id"];
    }
  } catch (error) {
    if (!(error instanceof JsonStatusError)) throw error;
    throw new Complaint(
      `group ${path} cannot be made in GitLab`,
      `its stand-in refuses ${error.message}`,
      "see `npm run sandbox -- logs gitlab`",
    );
  } finally {
    gitlab.close();
  }
}
