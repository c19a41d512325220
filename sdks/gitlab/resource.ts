import * as pulumi from "@pulumi/pulumi";
import { version } from "./package";

/** What says which plugin serves these resources. */
export const identity = { version };

/** What is said of a resource beside its types. */
export interface Shape {
  readonly token: string;
  readonly required: readonly string[];
  /** Inputs and outputs: each becomes an output of the resource, also one that is not given. */
  readonly properties: readonly string[];
  readonly secretInputs?: readonly string[];
  readonly secretOutputs?: readonly string[];
}

/** What all resources of this package have in common: the plugin that serves them, and what of them is secret. */
export abstract class Resource extends pulumi.CustomResource {
  protected constructor(shape: Shape, name: string, args: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    const own = { ...identity, additionalSecretOutputs: [...(shape.secretOutputs ?? [])] };
    super(shape.token, name, propertiesOf(shape, args, opts), pulumi.mergeOptions(own, opts));
  }
}

function propertiesOf(shape: Shape, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions = {}): pulumi.Inputs {
  if (opts.urn === undefined && opts.id === undefined) {
    const missing = shape.required.find((key) => args[key] === undefined);
    if (missing !== undefined) throw new Error(`Missing required property '${missing}'`);
  }
  return Object.fromEntries(
    [...shape.properties, ...Object.keys(args)].map((key): [string, unknown] => {
      const value: unknown = args[key];
      return [key, value !== undefined && shape.secretInputs?.includes(key) === true ? pulumi.secret(value) : value];
    }),
  );
}

/** The words of a text. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
