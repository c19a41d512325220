import { Keys } from "./keys";
import { kms } from "./server";

/** `node kms.cjs <port>`, with the sandbox's folder in ESTATE_SANDBOX. */
const server = kms(new Keys(process.env["ESTATE_SANDBOX"] ?? ""));
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  process.stdout.write(`${new Date().toISOString()} the stand-in of KMS listens on ${String(process.argv[2])}\n`);
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
