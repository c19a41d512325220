import { getToken, Refused } from "./get-token";

/** `aws`, as far as a kubeconfig for EKS calls it, over the sandbox in ESTATE_SANDBOX. */
try {
  process.stdout.write(`${getToken(process.env["ESTATE_SANDBOX"] ?? "", process.argv.slice(2), new Date())}\n`);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 254;
}
