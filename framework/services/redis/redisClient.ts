import type { Socket } from "node:net";
import type { Command, Redis, RedisOptions } from "ioredis";
import { LajuError } from "../../config/errors";
import { require } from "../../config/require";
import { blockingTime } from "./blockingCommands";
import { type RedisLocation, redisLocation } from "./redisLocation";

/**
 * Time limits in milliseconds: how long to try to connect before a command fails (ioredis tries for 74 s), and how long
 * to wait for a reply.
 */
const patience = { connect: 2500, reconnect: 2000, retryDelay: 250, reply: 10_000 };

/** The longest delay of a Node timer. With a longer one, the timer would fire immediately. */
const longestTimer = 2_147_483_647;

/**
 * An unconnected ioredis client that differs from the original in three ways: if the server is down, commands fail within
 * seconds with one clear error; an "error" listener isn't required; and an idle connection doesn't keep the process alive.
 */
export function openRedis({
  place = redisLocation(),
  sendsOnce = false,
  replyWithin = patience.reply,
}: RedisClientOptions = {}): Redis {
  const Client = clientClass(place, replyWithin);
  const client = new Client({ ...place.options, autoResendUnfulfilledCommands: !sendsOnce });
  client.on("error", (error: Error) => {
    client.problem = error;
  });
  client.on("ready", () => client.onConnected());
  client.on("end", () => client.onGivenUp());
  if (sendsOnce) client.on("close", () => client.failUnanswered());
  client.sendsOnce = sendsOnce;
  return client;
}

export interface RedisClientOptions {
  place?: RedisLocation;
  /**
   * Fail a command whose reply was lost with its connection, because it may have been executed. (By default, ioredis resends
   * it on the next connection.) Also close the connection if a reply is overdue or the server has become a replica.
   */
  sendsOnce?: boolean;
  /** How long (ms) to wait for a reply, in addition to the time a blocking command asks for. */
  replyWithin?: number;
}

/** Members missing from ioredis's types. If a version lacks one of them, only our additions stop working. */
interface Internals {
  stream?: Socket;
  status: string;
  /** The commands of the previous connection that got no reply. */
  prevCommandQueue?: { length: number; shift(): { command: Command } } | null;
}

function clientClass(place: RedisLocation, replyWithin: number) {
  const { Redis } = require("ioredis") as typeof import("ioredis");

  return class LajuRedis extends Redis {
    problem: Error | undefined;
    connectingSince: number | undefined;
    isSubscriber = false;
    sendsOnce = false;
    pending = new Set<Command>();
    /** The time at which the last of the pending blocking commands will have stopped blocking. */
    blockedUntil = 0;
    handshakeTimer: NodeJS.Timeout | undefined;

    constructor(options: RedisOptions) {
      const ours: RedisOptions = {
        lazyConnect: true,
        connectTimeout: patience.connect,
        maxRetriesPerRequest: null,
        retryStrategy: () => (this.shouldRetry() ? patience.retryDelay : null),
      };
      super({ ...options, ...ours } as never);
    }

    /** Whether to keep trying to connect. A subscriber waits indefinitely for messages, and so also for its server. */
    shouldRetry(): boolean {
      this.connectingSince ??= Date.now();
      return this.isSubscriber || Date.now() - this.connectingSince < patience.reconnect;
    }

    onConnected(): void {
      clearTimeout(this.handshakeTimer);
      this.connectingSince = undefined;
      this.problem = undefined;
      this.unrefIfIdle();
    }

    onGivenUp(): void {
      clearTimeout(this.handshakeTimer);
      this.connectingSince = undefined;
    }

    /**
     * Connects. A server that accepts the connection but never responds (because it is suspended, or isn't Redis)
     * counts as down too.
     */
    override connect(callback?: (error?: Error | null) => void): Promise<void> {
      this.connectingSince ??= Date.now();
      clearTimeout(this.handshakeTimer);
      this.handshakeTimer = setTimeout(() => {
        this.problem = new Error(`no answer within ${patience.connect} ms`);
        internals(this).stream?.destroy(this.problem);
      }, patience.connect);
      return super.connect(callback as never);
    }

    override sendCommand(command: Command, ...rest: never[]): unknown {
      if (place.isRefused) {
        command.reject(refusedInTests());
        return command.promise;
      }
      applyTtl(command);
      if (!this.pending.has(command)) this.track(command);
      // If the client has given up or was closed, connect again for the new command.
      if (internals(this).status === "end") this.connect().catch(() => {});
      internals(this).stream?.ref();
      return super.sendCommand(command, ...rest);
    }

    /** Keeps the process alive until the command settles, and makes it fail with our error message. */
    track(command: Command): void {
      const { resolve, reject } = command;
      this.pending.add(command);
      command.resolve = (value) => {
        this.finish(command);
        resolve(value);
      };
      command.reject = (error) => {
        this.finish(command);
        if (this.sendsOnce && isConnectionError(error)) internals(this).stream?.destroy(error);
        reject(describe(place, error, this.problem));
      };
      if (/subscribe$/i.test(command.name)) this.isSubscriber = true;
      else this.limitReply(command);
    }

    /**
     * Sets the time limit for a reply. A blocking command gets the time it asks for in addition, and so do the commands
     * sent after it, because they have to wait for it.
     */
    limitReply(command: Command): void {
      const now = Date.now();
      this.blockedUntil = Math.max(this.blockedUntil, now) + blockingTime(command.name, command.args);
      const limit = this.blockedUntil - now + replyWithin;
      if (limit <= longestTimer) command.setTimeout(limit);
    }

    failUnanswered(): void {
      const { prevCommandQueue } = internals(this);
      while (prevCommandQueue?.length)
        prevCommandQueue.shift().command.reject(new Error("Connection is closed."));
    }

    finish(command: Command): void {
      this.pending.delete(command);
      if (this.pending.size === 0) this.blockedUntil = 0;
      this.unrefIfIdle();
    }

    unrefIfIdle(): void {
      if (this.pending.size === 0 && !this.isSubscriber) internals(this).stream?.unref();
    }
  };
}

function internals(client: unknown): Internals {
  return client as Internals;
}

/** Supports Laju's `set(key, value, ttlSeconds)`. Redis's own third argument is a word (NX, GET), never a number. */
function applyTtl({ name, args }: Command): void {
  const third = args.length === 3 && name === "set" ? String(args[2]) : undefined;
  if (third === undefined || !/^(\d+(\.\d+)?)?$/.test(third)) return;
  args.pop();
  if (Number(third) > 0) args.push("EX", String(Math.ceil(Number(third))));
}

/**
 * Whether reconnecting could help: the server didn't reply, or it became a replica and its name now points to another
 * server.
 */
function isConnectionError({ message }: Error): boolean {
  return message.startsWith("Command timed out") || /\bREADONLY\b/.test(message);
}

/**
 * The error for connecting in tests, which must not use the Redis in `.env` or on this machine: it contains development
 * data.
 */
function refusedInTests(): LajuError {
  return new LajuError("tests cannot use Redis because none is configured for them", {
    code: "E_REDIS_TEST",
    hint: "Set TEST_REDIS_URL, or REDIS_URL in the environment of the tests (not in .env), to a Redis that they may empty.",
  });
}

const lostConnection = /^(Connection is closed\.|Command timed out|Command aborted due to connection close)/;

/** Explains connection and login errors. Any other error reply passes through unchanged. */
function describe({ address, variable }: RedisLocation, error: Error, problem: Error | undefined): Error {
  const isLogin = /^(NOAUTH|WRONGPASS)/.test(error.message);
  const isConnection = lostConnection.test(error.message) || "syscall" in error || error === problem;
  if (!isLogin && !isConnection) return error;
  const cause = isLogin ? error : (problem ?? error);
  const hint = isLogin
    ? "Set REDIS_PASSWORD, or the user and password in REDIS_URL."
    : "Check that Redis is running there.";
  const reason = cause.message || (cause as { code?: string }).code;
  const message = `Redis at ${address} (${variable}) cannot be used: ${reason}`;
  return new LajuError(message, { code: isLogin ? "E_REDIS_LOGIN" : "E_REDIS_CONNECT", hint, cause });
}
