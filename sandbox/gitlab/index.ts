export { gitlabAddress, gitlabPart, gitlabTokenFile } from "./part";
export { startGitLab } from "./start";
export type { GitLabOptions, RunningGitLab } from "./start";
export type { Edition } from "./model";
