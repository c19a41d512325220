import { ConnectionError, HarborClient, isRecord } from "@estate/clients";
import type { EstateFacts } from "../../model/home";
import type { registryLogin } from "../service-logins";
import { clockProblems, only, problem, reason, type Findings } from "./finding";

/** Whether Harbor is there, and this login enough. */
export async function checkRegistry(
  { registry }: EstateFacts,
  login: ReturnType<typeof registryLogin>,
): Promise<Findings> {
  const place = `the registry (${registry.url})`;
  if (login === undefined)
    return only(
      problem(
        "F042",
        place,
        "HARBOR_USERNAME or HARBOR_PASSWORD is not set",
        "export the login of an administrator of Harbor",
      ),
    );
  const client = new HarborClient(registry.url, login);
  try {
    const [system, own] = [await client.request("GET", "systeminfo"), await client.request("GET", "users/current")];
    const now = Date.now();
    if (own.status === 401)
      return only(
        problem(
          "F043",
          place,
          `refuses the login of ${login.username} (401)`,
          "correct HARBOR_USERNAME and HARBOR_PASSWORD",
        ),
      );
    const told = isRecord(system.body) ? system.body["harbor_version"] : undefined;
    const version = typeof told === "string" ? told : "unknown version";
    const isAdmin = isRecord(own.body) && own.body["sysadmin_flag"] === true;
    return {
      checks: [{ what: place, seen: `${version}, as ${login.username}` }],
      problems: [
        ...(isAdmin
          ? []
          : [
              problem(
                "F044",
                place,
                `${login.username} is no administrator`,
                "log in as one: projects with quotas and their robots need it",
              ),
            ]),
        ...clockProblems(place, own.date, now),
      ],
    };
  } catch (error) {
    const cause = error instanceof ConnectionError ? "unreachable" : "does not answer as Harbor does";
    return only(problem("F041", place, `${cause}: ${reason(error)}`, "check HARBOR_URL, the network and Harbor"));
  } finally {
    client.close();
  }
}
