export { Credentials } from "../../scripts/live/credentials";
