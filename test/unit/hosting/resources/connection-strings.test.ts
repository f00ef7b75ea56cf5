import { describe, expect, test } from "vitest";
import { parseHttpConnection } from "../../../../hosting/src/resources/http-connection.ts";
import { parseKafkaConnection } from "../../../../hosting/src/resources/kafka-connection.ts";
import { parsePostgresConnection } from "../../../../hosting/src/resources/postgres-connection.ts";
import { parseRabbitmqConnection } from "../../../../hosting/src/resources/rabbitmq-connection.ts";
import { parseRedisConnection } from "../../../../hosting/src/resources/redis-connection.ts";

describe("a connection string of redis", () => {
  test.each([
    [
      "cache.example.com",
      { host: "cache.example.com", port: "6379", password: "", uri: "redis://cache.example.com:6379" },
    ],
    ["h:1,password=p", { host: "h", port: "1", password: "p", uri: "redis://:p@h:1" }],
    ["h:1,password=a,b=,ssl=False", { password: "a", uri: "redis://:a@h:1" }],
    [
      'h:1, password=a,b;c"d@e/f, ssl=true',
      { password: 'a,b;c"d@e/f', uri: "rediss://:a%2Cb%3Bc%22d%40e%2Ff@h:1" },
    ],
    ["h:1,user=u,password=p=q,defaultDatabase=3", { password: "p=q", uri: "redis://u:p%3Dq@h:1/3" }],
    ["[::1]:7000,password=p", { host: "[::1]", port: "7000", uri: "redis://:p@[::1]:7000" }],
    ["a:1,b:2,password=p", { host: "a", port: "1", password: "p" }],
  ])("is read as it stands: %s", (text, properties) => {
    const plan = parseRedisConnection(text);
    expect(plan.connectionString).toBe(text);
    expect(plan.properties).toMatchObject(properties);
  });

  test.each([
    ["redis://h", "h:6379", { host: "h", port: "6379", password: "" }],
    [
      "redis://:p%40q@h:7/2",
      "h:7,password=p@q,defaultDatabase=2",
      { password: "p@q", uri: "redis://:p%40q@h:7/2" },
    ],
    ["rediss://u:p@h:7", "h:7,user=u,password=p,ssl=true", { uri: "rediss://u:p@h:7" }],
  ])("is read from a URI: %s", (text, connectionString, properties) => {
    const plan = parseRedisConnection(text);
    expect(plan.connectionString).toBe(connectionString);
    expect(plan.properties).toMatchObject(properties);
  });

  test.each(["http://h", "redis//h:1", ",password=p", "h:port", "password=p"])(
    "that is none is refused: %s",
    (text) => {
      expect(() => parseRedisConnection(text)).toThrow(/^its scheme is|^it does not start with host:port$/);
    },
  );
});

describe("a connection string of postgres", () => {
  test("is read with the names and quotes of Npgsql", () => {
    const text = `Server=db;port=6543; User ID=me ;PWD="a;b""c";Database='o''r;d';SSL Mode=VerifyFull`;
    expect(parsePostgresConnection(text)).toEqual({
      connectionString: text,
      properties: {
        host: "db",
        port: "6543",
        username: "me",
        password: 'a;b"c',
        databaseName: "o'r;d",
        uri: "postgresql://me:a%3Bb%22c@db:6543/o'r;d?sslmode=verify-full",
        jdbcConnectionString: "jdbc:postgresql://db:6543/o'r;d",
      },
      endpoints: { tcp: "tcp://db:6543" },
    });
  });

  test("is read from a URI, which stays as it is", () => {
    const text = "postgres://me:p%40%3B@db/orders?sslmode=require";
    const plan = parsePostgresConnection(text);
    expect(plan.connectionString).toBe(
      'Host=db;Port=5432;Username=me;Password="p@;";Database=orders;SSL Mode=Require',
    );
    expect(plan.properties).toMatchObject({ password: "p@;", databaseName: "orders", uri: text });
  });

  test.each(["mysql://db", "Port=1", "Host=db;Port=x", "nonsense", "Host=db;;=x"])(
    "that is none is refused: %s",
    (text) => {
      expect(() => parsePostgresConnection(text)).toThrow(
        /^its scheme is|^it has no Host|^its Port is not|^character \d+ does not/,
      );
    },
  );

  test("does not show its password when it is refused", () => {
    expect(() => parsePostgresConnection("Host=db;Password=hush;oops")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("hush") as unknown }),
    );
  });
});

describe("a connection string of another kind", () => {
  test("of rabbitmq is an AMQP URI", () => {
    expect(parseRabbitmqConnection("amqps://u:p%2F@mq/shop").properties).toEqual({
      host: "mq",
      port: "5671",
      username: "u",
      password: "p/",
      uri: "amqps://u:p%2F@mq/shop",
    });
    expect(parseRabbitmqConnection("amqp://mq").properties).toMatchObject({
      username: "guest",
      password: "guest",
    });
    expect(() => parseRabbitmqConnection("mq:5672")).toThrow(/scheme|URI/);
  });

  test("of kafka is a list of brokers, with or without a scheme", () => {
    for (const text of ["a:9092, b:9093", "kafka://a:9092,b:9093"]) {
      expect(parseKafkaConnection(text)).toEqual({
        connectionString: "a:9092,b:9093",
        properties: { host: "a", port: "9092" },
        endpoints: { tcp: "tcp://a:9092" },
      });
    }
    expect(() => parseKafkaConnection("a,b:1")).toThrow("it is not host:port, or several of these");
  });

  test("of consul and vault is a URL, or an Endpoint with a Token", () => {
    expect(parseHttpConnection("http://v:8200/").properties).toEqual({
      host: "v",
      port: "8200",
      uri: "http://v:8200",
      token: "",
    });
    expect(parseHttpConnection('Endpoint=https://v/;Token="s;1";')).toMatchObject({
      connectionString: 'Endpoint=https://v;Token="s;1"',
      properties: { port: "443", token: "s;1", uri: "https://v" },
    });
    expect(() => parseHttpConnection("ftp://v")).toThrow('its scheme is "ftp", wanted: "http" or "https"');
  });
});
