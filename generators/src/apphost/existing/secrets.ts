/** Whether a variable by its name holds a secret that must not stand in code. */
export function isSecretName(name: string): boolean {
  const words = name.toUpperCase().split(/[^A-Z\d]+/);
  const all = words.join("_");
  if (
    /_(?:FILE|PATH|URL|URI|HOST|PORT|TTL|EXPIRY|EXPIRES|EXPIRES_IN|LENGTH|HEADER|NAME|ID|ALGORITHM|ENABLED|TYPE|LIMIT|RATE|COUNT|SIZE|VERSION|TIMEOUT|SECONDS|MINUTES|HOURS|DAYS|PREFIX|FORMAT)$/.test(
      all,
    )
  ) {
    return false;
  }
  if (/PUBLIC_KEY|PUBLISHABLE/.test(all) || /(?:^|_)EMPTY_(?:ROOT_)?PASSWORD$/.test(all)) return false;
  if (
    words.some((word) =>
      /^(?:PASS|PWD|PW|SALT|CREDENTIALS?|APIKEY|KEYS?)$|^REQUIREPASS$|PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN$/.test(
        word,
      ),
    )
  ) {
    return !/^(?:SORT|PRIMARY|FOREIGN)_KEY$/.test(all);
  }
  return false;
}

/** Whether a secret that stands in a file as it is can be replaced by any other one: nobody outside has to know it. */
export function canGenerate(name: string, text: string): boolean {
  // An address has a secret in it, but is none.
  if (isSecretValue(text) || text.includes("://")) return false;
  const isVendors =
    /STRIPE|AWS|AZURE|GCP|GOOGLE|GITHUB|GITLAB|SLACK|DISCORD|OPENAI|ANTHROPIC|TWILIO|SENDGRID|MAILGUN|RESEND|POSTHOG|SENTRY|CLOUDFLARE|FACEBOOK|APPLE|PAYPAL|SUPABASE|CLERK|AUTH0|LICEN[CS]E/i;
  if (isVendors.test(name)) return false;
  const isOwn = /PASS|PWD|SECRET|SALT|MASTER|ENCRYPTION|SIGNING|COOKIE|JWT|SESSION/i.test(name);
  return isOwn || !/your|xxx|<|replace|example|todo|changeme/i.test(text);
}

/** Whether a value looks like a secret, whatever it is called. */
export function isSecretValue(text: string): boolean {
  return (
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ||
    /^(?:sk|pk|rk)_(?:live|test)_\w{8,}|^gh[pousr]_\w{20,}|^github_pat_|^xox[abprs]-|^AKIA[A-Z\d]{12,}|^eyJ[\w-]{10,}\.[\w-]+\.|^AIza[\w-]{30,}|^glpat-/.test(
      text,
    )
  );
}

/** Whether a value is too plain to hide: nothing, a switch, or the path of a file. */
export function isPlainValue(text: string): boolean {
  return (
    /^(?:|true|false|yes|no|on|off|null|none|0|1)$/i.test(text.trim()) ||
    /^\/(?:run|etc|var)\//.test(text) ||
    /^\.{0,2}(?:\/[\w.-]+)+\.(?:key|pem|crt|cert|cer|p12|pfx|jks|json|txt)$/.test(text)
  );
}
