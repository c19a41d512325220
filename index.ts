import { builtin, estate } from "./estate";

export = () => estate({ features: builtin });
