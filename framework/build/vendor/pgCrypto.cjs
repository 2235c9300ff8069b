/*
 * Stands for pg/lib/crypto/utils in the bundle: the same functions by node:crypto, loaded when a server asks for a
 * password. pg's own take WebCrypto at their top, and eleven turns through libuv's threads to say a password.
 */
const crypto = () => require("node:crypto");

/** MD5 and SCRAM have the client hash what the server sent; nothing here runs twice in a connection. */
const digest = (name, data) => crypto().createHash(name).update(data);
const md5 = async (text) => digest("md5", text).digest("hex");

module.exports = {
  md5,
  randomBytes: (length) => crypto().randomBytes(length),
  /** See "AuthenticationMD5Password" in PostgreSQL's description of its protocol. */
  async postgresMd5PasswordHash(user, password, salt) {
    const inner = await md5(password + user);
    return `md5${await md5(Buffer.concat([Buffer.from(inner), salt]))}`;
  },
  sha256: async (data) => digest("sha256", data).digest(),
  /** WebCrypto's names of hashes ("SHA-256") are OpenSSL's as well. */
  hashByName: async (name, data) => digest(name, data).digest(),
  hmacSha256: async (key, message) => crypto().createHmac("sha256", key).update(message).digest(),
  deriveKey: async (password, salt, iterations) =>
    crypto().pbkdf2Sync(password, salt, iterations, 32, "sha256"),
};
