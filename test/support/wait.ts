export { eventually } from "../../scripts/live/wait";
