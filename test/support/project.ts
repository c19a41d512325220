export { TestProject } from "../../scripts/live/project";
