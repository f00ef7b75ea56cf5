import { fileURLToPath } from "node:url";
import { describeContract } from "../../fixtures/describe-contract.ts";
import { contractCases } from "../../fixtures/configuration/local-cases.ts";

const module = fileURLToPath(new URL("../../fixtures/configuration/local-cases.ts", import.meta.url));

describeContract("configuration", { cases: contractCases, module });
