import { describe, expect, test } from "vitest";
import { tlsFailure } from "../../../../providers/src/kubernetes-api/tls-failure.ts";

/** Errors as Node and Deno give them. */
function failure(code: string, message: string): Error | undefined {
  return tlsFailure("https://api", Object.assign(new Error(message), { code }));
}

const lines = (text: string): string =>
  `409339DF:error:0A000410:SSL routines:ssl3_read_bytes:${text}:../x.c:1:\n`;

describe("a connection on which TLS does not come about", () => {
  test.each([
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "self-signed certificate",
      "The certificate of https://api is not trusted: self-signed certificate",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "not in the cert's list",
      "The certificate of https://api is not trusted: not in the cert's list",
    ],
    [
      "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
      lines("tlsv13 alert certificate required"),
      "https://api refuses the connection: tlsv13 alert certificate required",
    ],
    [
      "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
      "received fatal alert: CertificateRequired",
      "https://api refuses the connection: received fatal alert: CertificateRequired",
    ],
    [
      "EPROTO",
      `write EPROTO ${lines("ssl/tls alert handshake failure")}`,
      "https://api refuses the connection: ssl/tls alert handshake failure",
    ],
    [
      "EPROTO",
      `write EPROTO ${lines("wrong version number")}`,
      "https://api speaks no TLS: wrong version number",
    ],
  ])("is told apart: %s %j", (code, message, wanted) => {
    const error = failure(code, message);
    expect(error).toMatchObject({ code: "DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID", message: wanted });
  });

  test.each([
    ["ECONNRESET", "socket hang up"],
    ["EPROTO", `write EPROTO ${lines("bad record mac")}`],
    ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR", lines("tlsv1 alert internal error")],
  ])("is none where trying again may help: %s %j", (code, message) => {
    expect(failure(code, message)).toBeUndefined();
  });
});
