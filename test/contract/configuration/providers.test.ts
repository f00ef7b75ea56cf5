import { fileURLToPath } from "node:url";
import { describeContract } from "../../fixtures/describe-contract.ts";
import { contractCases } from "../../fixtures/configuration/provider-cases.ts";

const module = fileURLToPath(new URL("../../fixtures/configuration/provider-cases.ts", import.meta.url));

describeContract("every provider", { cases: contractCases, module });
