import { receivers } from "./hosts";
import { issuers } from "./issuers";
import { ingress } from "./server";

/** `node ingress.cjs <port>`, with the sandbox's folder in ESTATE_SANDBOX. */
const dir = process.env["ESTATE_SANDBOX"] ?? "";
const server = ingress(dir, receivers(dir), issuers(dir));
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  process.stdout.write(`${new Date().toISOString()} the ingress's stand-in listens on ${String(process.argv[2])}\n`);
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
