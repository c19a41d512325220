import { Complaint } from "./complaint";

/** The group below which the program makes its tenants'. With a real GitLab an operator has made it: Estate does not. */
export const tenantsParent = "platform/tenants";

/** Makes a group and those above it, unless they are there. */
export async function ensureGroup(url: string, token: string, path: string): Promise<void> {
  let parent: number | undefined;
  const names = path.split("/");
  for (const [index, name] of names.entries()) {
    const whole = names.slice(0, index + 1).join("/");
    const found = await ask(url, token, "GET", `groups/${encodeURIComponent(whole)}`);
    const { status, id } =
      found.status === 404
        ? await ask(url, token, "POST", "groups", {
            name,
            path: name,
            visibility: "private",
            ...(parent === undefined ? {} : { parent_id: parent }),
          })
        : found;
    if (id === undefined) {
      throw new Complaint(
        `group ${whole} cannot be made in GitLab`,
        `its stand-in answered ${String(status)}`,
        "see `npm run sandbox -- logs gitlab`",
      );
    }
    parent = id;
  }
}

async function ask(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; id: number | undefined }> {
  const answer = await fetch(`${url}/api/v4/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const value: unknown = await answer.json();
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return { status: answer.status, id: answer.ok && typeof id === "number" ? id : undefined };
}
