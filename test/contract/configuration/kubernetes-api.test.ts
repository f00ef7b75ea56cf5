import { fileURLToPath } from "node:url";
import { describeContract } from "../../fixtures/describe-contract.ts";
import { contractCases } from "../../fixtures/configuration/kubernetes-api-cases.ts";

const module = fileURLToPath(
  new URL("../../fixtures/configuration/kubernetes-api-cases.ts", import.meta.url),
);

describeContract("the API of Kubernetes as a source", { cases: contractCases, module });
