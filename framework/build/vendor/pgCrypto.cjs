/*
 * Replaces pg/lib/crypto/utils in the bundle with the same functions based on node:crypto, which is loaded only when a
 * server asks for a password. pg's own functions load WebCrypto at start-up and make eleven round trips to libuv's
 * thread pool per password.
 */
const crypto = () => require("node:crypto");

/** These hash the server's challenge, for MD5 and SCRAM. Each function runs at most once per connection. */
const digest = (name, data) => crypto().createHash(name).update(data);
const md5 = async (text) => digest("md5", text).digest("hex");

module.exports = {
  md5,
  randomBytes: (length) => crypto().randomBytes(length),
  /** See "AuthenticationMD5Password" in PostgreSQL's protocol documentation. */
  async postgresMd5PasswordHash(user, password, salt) {
    const inner = await md5(password + user);
    return `md5${await md5(Buffer.concat([Buffer.from(inner), salt]))}`;
  },
  sha256: async (data) => digest("sha256", data).digest(),
  /** `name` is one of WebCrypto's ("SHA-256"), which OpenSSL accepts too. */
  hashByName: async (name, data) => digest(name, data).digest(),
  hmacSha256: async (key, message) => crypto().createHmac("sha256", key).update(message).digest(),
  deriveKey: async (password, salt, iterations) =>
    crypto().pbkdf2Sync(password, salt, iterations, 32, "sha256"),
};
