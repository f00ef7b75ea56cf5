export { providerContract } from "./provider-contract.ts";
export type { ProviderCase, ProviderSubject, SubjectValues } from "./provider-contract.ts";
