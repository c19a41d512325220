export { tarball } from "../../scripts/live/tar";
