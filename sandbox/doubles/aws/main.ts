import { serve } from "../framework/serve";
import { aws } from "./plugin";

const dir = process.env["ESTATE_SANDBOX"] ?? "";
if (dir === "") {
  process.stderr.write("the double of aws works in a sandbox alone: ESTATE_SANDBOX names none\n");
  process.exit(1);
}
void serve(() => aws(dir));
