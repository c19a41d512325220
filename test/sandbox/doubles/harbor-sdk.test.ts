import { config } from "../../../sandbox/doubles/harbor/config";
import { resources } from "../../../sandbox/doubles/harbor/plugin";
import { tablesAreThoseOf } from "../../sdks/tables";

tablesAreThoseOf("harbor", resources, config);
