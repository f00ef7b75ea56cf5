import { kubernetesApiError } from "./kubernetes-api-error.ts";

/** What Node says of a certificate that it does not trust. */
const mistrust =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|HOSTNAME_MISMATCH|ERR_SSL_)/;

/** `…:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/…` */
const openSsl = /:SSL routines:[^:]*:([^:]+)/;

/**
 * The error where TLS does not come about, which it will not do later either; undefined where it is something else that
 * failed.
 */
export function tlsFailure(server: string, error: unknown): Error | undefined {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const reason = openSsl.exec(message)?.[1] ?? message.trim();
  const fail = (text: string, hint: string): Error =>
    kubernetesApiError("DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID", `${text}: ${reason}`, {
      hint,
      cause: error,
      details: { server },
    });
  // A server that has trouble of its own may be well soon.
  if (/alert[ _]internal[ _]error/i.test(`${code} ${reason}`)) return undefined;
  // What the server sent: it may want a certificate of ours.
  if (/_ALERT_/.test(code) || (code === "EPROTO" && /\balert\b/.test(reason))) {
    return fail(
      `${server} refuses the connection`,
      "It may want a client certificate, or another one: look at the user of the kubeconfig.",
    );
  }
  if (/wrong version number|InvalidContentType/i.test(reason))
    return fail(`${server} speaks no TLS`, "Look at the address of the cluster, and at its port.");
  if (!mistrust.test(code)) return undefined;
  return fail(
    `The certificate of ${server} is not trusted`,
    'Give the cluster\'s "certificate-authority" in the kubeconfig, or the right address.',
  );
}
