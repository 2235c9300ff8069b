import type { Socket } from "node:net";
import type { Command, Redis, RedisOptions } from "ioredis";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { type RedisPlace, redisPlace } from "./redisPlace";
import { waitOf } from "./redisWaits";

/** How long (ms) to look for a server before a command fails (ioredis: 74 s), and to wait for a reply. */
const patience = { connect: 2500, reconnect: 2000, retryDelay: 250, reply: 10_000 };

/** The longest that one timer of Node's can wait; a longer one fires at once. */
const longestTimer = 2_147_483_647;

/**
 * ioredis, not connected yet, with three habits of ours: a dead server fails a command within seconds, by one
 * clear error; nobody has to listen for "error"; an idle connection doesn't keep the process alive.
 */
export function openRedis({
  place = redisPlace(),
  sendsOnce = false,
  replyWithin = patience.reply,
}: RedisHabits = {}): Redis {
  const Client = clientClass(place, replyWithin);
  const client = new Client({ ...place.options, autoResendUnfulfilledCommands: !sendsOnce });
  client.on("error", (error: Error) => {
    client.problem = error;
  });
  client.on("ready", () => client.hasFoundServer());
  client.on("end", () => client.hasGivenUp());
  if (sendsOnce) client.on("close", () => client.failUnanswered());
  client.sendsOnce = sendsOnce;
  return client;
}

export interface RedisHabits {
  place?: RedisPlace;
  /**
   * Whether a command whose answer was lost with its connection fails (it may have been done), where ioredis sends it
   * again with the next connection. And one that isn't answered in time, or by a server that is a replica now, takes its
   * connection with it.
   */
  sendsOnce?: boolean;
  /** How long (ms) to wait for a reply, beyond what a command waits at the server on purpose. */
  replyWithin?: number;
}

/** What ioredis's types keep to themselves. Where a version lacks one of them, only our habit is lost. */
interface Hidden {
  stream?: Socket;
  status: string;
  /** What was sent on the last connection and is not answered. */
  prevCommandQueue?: { length: number; shift(): { command: Command } } | null;
}

function clientClass(place: RedisPlace, replyWithin: number) {
  const { Redis } = require("ioredis") as typeof import("ioredis");

  return class LajuRedis extends Redis {
    problem: Error | undefined;
    lookingSince: number | undefined;
    isSubscriber = false;
    sendsOnce = false;
    pending = new Set<Command>();
    /** When the last of the pending commands that wait on purpose has waited long enough. */
    waitsUntil = 0;
    handshakeTimer: NodeJS.Timeout | undefined;

    constructor(options: RedisOptions) {
      const ours: RedisOptions = {
        lazyConnect: true,
        connectTimeout: patience.connect,
        maxRetriesPerRequest: null,
        retryStrategy: () => (this.mayLookOn() ? patience.retryDelay : null),
      };
      super({ ...options, ...ours } as never);
    }

    /** A subscriber waits for messages for ever, so it waits for its server too. */
    mayLookOn(): boolean {
      this.lookingSince ??= Date.now();
      return this.isSubscriber || Date.now() - this.lookingSince < patience.reconnect;
    }

    hasFoundServer(): void {
      clearTimeout(this.handshakeTimer);
      this.lookingSince = undefined;
      this.problem = undefined;
      this.restIfIdle();
    }

    hasGivenUp(): void {
      clearTimeout(this.handshakeTimer);
      this.lookingSince = undefined;
    }

    /** A server that takes the connection and then says nothing (stopped, or not Redis) is a dead one too. */
    override connect(callback?: (error?: Error | null) => void): Promise<void> {
      this.lookingSince ??= Date.now();
      clearTimeout(this.handshakeTimer);
      this.handshakeTimer = setTimeout(() => {
        this.problem = new Error(`no answer within ${patience.connect} ms`);
        hidden(this).stream?.destroy(this.problem);
      }, patience.connect);
      return super.connect(callback as never);
    }

    override sendCommand(command: Command, ...rest: never[]): unknown {
      takeTtl(command);
      if (!this.pending.has(command)) this.take(command);
      // Given up before, or closed: a new command looks for the server anew.
      if (hidden(this).status === "end") this.connect().catch(() => {});
      hidden(this).stream?.ref();
      return super.sendCommand(command, ...rest);
    }

    /** From here until its end the command keeps the process alive, and fails with our words. */
    take(command: Command): void {
      const { resolve, reject } = command;
      this.pending.add(command);
      command.resolve = (value) => {
        this.finish(command);
        resolve(value);
      };
      command.reject = (error) => {
        this.finish(command);
        if (this.sendsOnce && isOfConnection(error)) hidden(this).stream?.destroy(error);
        reject(describe(place, error, this.problem));
      };
      if (/subscribe$/i.test(command.name)) this.isSubscriber = true;
      else this.limitReply(command);
    }

    /** A command that waits at the server on purpose may do so, and holds up those sent behind it. */
    limitReply(command: Command): void {
      const now = Date.now();
      this.waitsUntil = Math.max(this.waitsUntil, now) + waitOf(command.name, command.args);
      const limit = this.waitsUntil - now + replyWithin;
      if (limit <= longestTimer) command.setTimeout(limit);
    }

    failUnanswered(): void {
      const { prevCommandQueue } = hidden(this);
      while (prevCommandQueue?.length)
        prevCommandQueue.shift().command.reject(new Error("Connection is closed."));
    }

    finish(command: Command): void {
      this.pending.delete(command);
      if (this.pending.size === 0) this.waitsUntil = 0;
      this.restIfIdle();
    }

    restIfIdle(): void {
      if (this.pending.size === 0 && !this.isSubscriber) hidden(this).stream?.unref();
    }
  };
}

function hidden(client: unknown): Hidden {
  return client as Hidden;
}

/** Laju's `set(key, value, ttlSeconds)`: Redis's own third value is a word (NX, GET), never a number or nothing. */
function takeTtl({ name, args }: Command): void {
  const third = args.length === 3 && name === "set" ? String(args[2]) : undefined;
  if (third === undefined || !/^(\d+(\.\d+)?)?$/.test(third)) return;
  args.pop();
  if (Number(third) > 0) args.push("EX", String(Math.ceil(Number(third))));
}

/** Another connection may do better: no answer came, or after a failover the name means another server. */
function isOfConnection({ message }: Error): boolean {
  return message.startsWith("Command timed out") || /\bREADONLY\b/.test(message);
}

const lostConnection = /^(Connection is closed\.|Command timed out|Command aborted due to connection close)/;

/** A reply that is an error passes as it is, but for a refused login; what stands for a missing server is told. */
function describe({ address, variable }: RedisPlace, error: Error, problem: Error | undefined): Error {
  const isLogin = /^(NOAUTH|WRONGPASS)/.test(error.message);
  const isConnection = lostConnection.test(error.message) || "syscall" in error || error === problem;
  if (!isLogin && !isConnection) return error;
  const cause = isLogin ? error : (problem ?? error);
  const hint = isLogin
    ? "Set REDIS_PASSWORD, or the user and password in REDIS_URL."
    : "Check that Redis runs there.";
  const reason = cause.message || (cause as { code?: string }).code;
  const message = `Redis at ${address} (${variable}) cannot be used: ${reason}`;
  return new LajuError(message, { code: isLogin ? "E_REDIS_LOGIN" : "E_REDIS_CONNECT", hint, cause });
}
