import type { Created } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { asJson, dataAt } from "./api";
import type { Session } from "./session";

/**
 * Makes an entity or a group. Vault takes a name that exists as an update and then answers nothing: which is how the
 * real provider knows that it would have taken over another's.
 */
export async function createIdentity(
  kind: "entity" | "group",
  name: string,
  body: JsonMap,
  session: Session,
): Promise<Created> {
  const made = asJson((await session.client.write(`identity/${kind}`, body))?.data);
  const id = made?.["id"];
  if (typeof id === "string") return { id };
  const found = (await dataAt(session, `identity/${kind}/name/${name}`))?.["id"];
  throw new Error(
    `identity ${kind} ${JSON.stringify(name)} already exists` +
      (typeof found === "string" ? ` with ID ${JSON.stringify(found)}; import it to manage it` : ""),
  );
}
