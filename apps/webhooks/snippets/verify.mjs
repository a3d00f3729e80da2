import { createHmac, timingSafeEqual } from "node:crypto";

// Return a message that is ours; throws for any other. `body` is the text as it came, before it is parsed.
export function messageOf(secret, headers, body) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300)) throw new Error("too old or too new");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  for (const part of headers["webhook-signature"].split(" ")) {
    const [version, signature] = part.split(",");
    const given = Buffer.from(signature ?? "", "base64");
    if (version === "v1" && given.length === wanted.length && timingSafeEqual(given, wanted)) return JSON.parse(body);
  }
  throw new Error("not signed by us");
}
