import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { encode } from "./codec";
import type { PropertyMap } from "./value";

/**
 * The resource was made (or changed), and then something failed: the engine keeps it in the state with these
 * properties, reports the reasons, and updates it next time.
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";

  constructor(
    readonly id: string,
    readonly properties: PropertyMap,
    readonly reasons: readonly string[],
    readonly inputs?: PropertyMap,
  ) {
    super(reasons.join("; "));
  }
}

/** A plugin cannot do this at all, as opposed to failing at it. */
export class NotImplemented extends Error {
  override readonly name = "NotImplemented";
}

/** What goes over the wire for an error: its message only, since a stack trace helps nobody who runs `pulumi up`. */
export function toStatus(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof NotImplemented) return { code: grpc.status.UNIMPLEMENTED, details: message };
  const metadata = new grpc.Metadata();
  if (error instanceof PartialFailure) metadata.add("grpc-status-details-bin", partialDetails(error, message));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/** grpc-js has no status details of its own: they are a google.rpc.Status in a header with a well-known name. */
function partialDetails(failure: PartialFailure, message: string): Buffer {
  const detail = new ErrorResourceInitFailed();
  detail.setId(failure.id);
  detail.setProperties(encode(failure.properties));
  detail.setReasonsList([...failure.reasons]);
  if (failure.inputs !== undefined) detail.setInputs(encode(failure.inputs));
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  return Buffer.from(status.serializeBinary());
}
