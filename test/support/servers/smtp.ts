import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo, Server } from "node:net";

const require = createRequire(import.meta.url);

/** A mail that the server received. */
export interface ReceivedMail {
  subject: string | undefined;
  text: string | undefined;
  html: string | false;
  from: string;
  /** The recipients in the envelope, which include those in Bcc. */
  recipients: string[];
  headers: string;
  attachments: { filename: string | undefined; content: Buffer }[];
  user: string | undefined;
}

/** A running mail server, and the mails it received. */
export interface SmtpServer {
  url: string;
  mails: ReceivedMail[];
  /** For each login, whether it used TLS. */
  logins: { isSecure: boolean }[];
  /** The number of connections opened so far. */
  connections(): number;
  stop(): Promise<void>;
}

/**
 * Starts a mail server. With `login`, it accepts mail only from that user. It rejects mail to the addresses in
 * `refuses`.
 */
export async function startSmtp({
  login,
  refuses = [],
  hasTls = false,
}: {
  login?: { user: string; pass: string };
  refuses?: string[];
  /** Whether the server offers STARTTLS. Its certificate is self-signed. */
  hasTls?: boolean;
} = {}): Promise<SmtpServer> {
  const { SMTPServer } = require("smtp-server") as { SMTPServer: SmtpServerClass };
  const mails: ReceivedMail[] = [];
  const logins: { isSecure: boolean }[] = [];
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: hasTls ? [] : ["STARTTLS"],
    allowInsecureAuth: true,
    authOptional: login === undefined,
    onConnect(_session, done) {
      connections++;
      done();
    },
    onAuth({ username, password }, { secure }, done) {
      logins.push({ isSecure: secure });
      const isRight = username === login?.user && password === login?.pass;
      done(isRight ? null : new Error("wrong user or password"), { user: username });
    },
    onRcptTo({ address }, _session, done) {
      done(
        refuses.includes(address)
          ? Object.assign(new Error(`no ${address} here`), { responseCode: 550 })
          : null,
      );
    },
    async onData(stream, session, done) {
      mails.push(await parse(stream, session));
      done();
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  const userInfo = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@` : "";
  return {
    url: `smtp://${userInfo}127.0.0.1:${port}`,
    mails,
    logins,
    connections: () => connections,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function parse(stream: NodeJS.ReadableStream, session: Session): Promise<ReceivedMail> {
  const { simpleParser } = require("mailparser") as { simpleParser(source: unknown): Promise<ParsedMail> };
  const { subject, text, html, from, headerLines, attachments } = await simpleParser(stream);
  return {
    subject,
    text,
    html,
    from: from?.text ?? "",
    recipients: session.envelope.rcptTo.map(({ address }) => address),
    headers: headerLines.map(({ line }) => line).join("\n"),
    attachments: attachments.map(({ filename, content }) => ({ filename, content })),
    user: session.user,
  };
}

// These two packages have no types. Declare the parts that are used here.
type Done = (error?: Error | null, result?: { user: string }) => void;

interface Session {
  secure: boolean;
  user?: string;
  envelope: { rcptTo: { address: string }[] };
}

interface ParsedMail {
  subject?: string;
  text?: string;
  html: string | false;
  from?: { text: string };
  headerLines: { line: string }[];
  attachments: { filename?: string; content: Buffer }[];
}

type SmtpServerClass = new (options: {
  disabledCommands: string[];
  allowInsecureAuth: boolean;
  authOptional: boolean;
  onConnect(session: Session, done: Done): void;
  onAuth(auth: { username: string; password: string }, session: Session, done: Done): void;
  onRcptTo(recipient: { address: string }, session: Session, done: Done): void;
  onData(stream: NodeJS.ReadableStream, session: Session, done: Done): void;
}) => {
  server: Server;
  on(event: "error", listener: (error: Error) => void): void;
  listen(port: number, host: string): void;
  close(done: () => void): void;
};
