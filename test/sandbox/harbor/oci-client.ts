export * from "../../../scripts/live/oci-client";
