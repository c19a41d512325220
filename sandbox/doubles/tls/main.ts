import { serve } from "../framework/serve";
import { tls } from "./plugin";

void serve(() => tls());
