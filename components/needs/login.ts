import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { postgresKeys } from "../../model/needs";

/** A password of a database. */
export function makePassword(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new RandomPassword(
    `${name}-password`,
    // Letters and digits: they need no escape in an address.
    { length: 40, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
    opts,
  ).result;
}

/** Where a database is, and as whom it is entered. */
export interface Login {
  readonly host: pulumi.Input<string>;
  readonly database: string;
  readonly username: string;
  readonly password: pulumi.Output<string>;
}

/** What the Secret of a database holds: the same keys, whatever serves it. */
export function login({
  host,
  database,
  username,
  password,
}: Login): Readonly<Record<(typeof postgresKeys)[number], pulumi.Input<string>>> {
  return {
    host,
    port: "5432",
    database,
    username,
    password,
    sslmode: "require",
    uri: pulumi.interpolate`postgresql://${username}:${password}@${host}:5432/${database}?sslmode=require`,
  };
}
