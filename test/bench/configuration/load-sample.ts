// `node load-sample.ts <library>`: loads the sample of the comparison and prints it, as a service does at its start.
// Each library is used as its own guide shows.
import process from "node:process";

const [library = "nothing"] = process.argv.slice(2);

const loaders: Readonly<Record<string, () => Promise<unknown>>> = {
  nothing: () => Promise.resolve({}),
  async "@dext/providers, environment and .env"() {
    const { dotenv, env, loadConfig } = await import("@dext/providers");
    return (await loadConfig({ layers: [dotenv(), env({ prefix: "APP__" })] })).value;
  },
  async "@dext/providers"() {
    const { dotenv, env, file, loadConfig } = await import("@dext/providers");
    const layers = [
      file("config/default.yaml"),
      file("config/{environment}.yaml"),
      dotenv(),
      env({ prefix: "APP__" }),
    ];
    return (await loadConfig({ layers })).value;
  },
  async c12() {
    const { loadConfig } = await import("c12");
    const { config } = await loadConfig({
      configFile: "config/default.yaml",
      dotenv: true,
      envName: "production",
    });
    return config;
  },
  async "node-config"() {
    const { default: config } = (await import("config")) as { default: { util: { toObject(): unknown } } };
    return config.util.toObject();
  },
  async convict() {
    const [{ default: convict }, { readFileSync }, { parse }] = await Promise.all([
      import("convict"),
      import("node:fs"),
      import("yaml"),
    ]);
    convict.addParser({ extension: "yaml", parse: (text: string) => parse(text) as object });
    const config = convict({
      port: { format: "port", default: 0, env: "APP__PORT" },
      db: { host: { default: "" }, password: { default: "", env: "DB__PASSWORD", sensitive: true } },
      list: { format: Array, default: [] as string[] },
    });
    config.load(parse(readFileSync("config/default.yaml", "utf8")) as object);
    config.loadFile("config/production.yaml");
    config.validate({ allowed: "strict" });
    return config.getProperties();
  },
  async "@dotenvx/dotenvx"() {
    const { default: dotenvx } = (await import("@dotenvx/dotenvx")) as {
      default: { config(options: object): { parsed?: unknown } };
    };
    return dotenvx.config({ quiet: true }).parsed;
  },
};

const load = loaders[library];
if (load === undefined)
  throw new Error(`There is no sample for "${library}"; there are: ${Object.keys(loaders).join(", ")}`);
process.stdout.write(`${JSON.stringify(await load())}\n`);
