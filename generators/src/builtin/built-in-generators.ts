import type { GeneratorDefinition } from "../generator/definition.ts";
import { ejectGenerator } from "../templates/eject.ts";
import { appGenerator } from "./app-generator.ts";
import { appHostGenerator } from "./apphost-generator.ts";
import { componentGenerator } from "./component-generator.ts";
import { createDockerfileGenerator } from "./dockerfile-generator.ts";
import { generatorGenerator } from "./generator-generator.ts";
import { resourceGenerator } from "./resource-generator.ts";
import { serviceGenerator } from "./service-generator.ts";

/** The generators that come with Dext. */
export const builtInGenerators: readonly GeneratorDefinition[] = [
  appGenerator,
  serviceGenerator,
  componentGenerator,
  resourceGenerator,
  appHostGenerator,
  generatorGenerator,
  createDockerfileGenerator(),
  ejectGenerator({}),
];
