import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A proxy between a program and the server. It can delay data, lose it, and close connections. */
export class FaultyProxy {
  /** The average delay of data, in milliseconds. A connection's own delay is a random value from zero to twice that. */
  delayMs = 0;
  /** The probability, from 0 to 1, that a reply is lost and its connection closed. */
  lossOfAnswers = 0;
  readonly #pairs = new Set<Pair>();
  readonly #target: URL;
  #held: { words: string; what: "questions" | "answers" } | undefined;
  #server: Server | undefined;
  #isSilent = false;
  #isShut = false;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** Starts the proxy, and returns the server's URL through it. */
  async open(): Promise<string> {
    this.#server = createServer((client) => this.#join(client)).listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const url = new URL(this.#target);
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Closes every connection. */
  cut(): void {
    for (const { sockets } of this.#pairs) for (const socket of sockets) socket.destroy();
  }

  /**
   * Stops passing data on until `speak` is called, but accepts and keeps connections. Existing connections never pass
   * data again.
   */
  silence(): void {
    this.#isSilent = true;
    for (const pair of this.#pairs) pair.isDead = true;
  }

  speak(): void {
    this.#isSilent = false;
  }

  /** Closes all connections and rejects new ones, or stops doing so. */
  shut(isShut: boolean): void {
    this.#isShut = isShut;
    if (isShut) this.cut();
  }

  /** Holds back queries that contain these words. */
  holdQuestions(words: string): void {
    this.#held = { words, what: "questions" };
  }

  /** Passes on the queries held so far, and from then on holds back their answers instead. */
  holdAnswers(): void {
    if (this.#held !== undefined) this.#held.what = "answers";
    this.#deliverAll();
  }

  holdNothing(): void {
    this.#held = undefined;
    this.#deliverAll();
  }

  close(): void {
    this.cut();
    this.#server?.close();
  }

  #join(client: Socket): void {
    if (this.#isShut) {
      client.on("error", () => {}).destroy();
      return;
    }
    const upstream = connect(Number(this.#target.port), this.#target.hostname);
    const pair: Pair = {
      sockets: [client, upstream],
      isDead: this.#isSilent,
      slowness: Math.random() * 2,
      isHeld: false,
      lines: new Map(),
    };
    this.#pairs.add(pair);
    client.on("data", (data) => {
      pair.isHeld = this.#held?.what === "questions" && data.includes(this.#held.words);
      this.#pass(pair, data, upstream);
    });
    upstream.on("data", (data) => this.#answer(pair, data, client));
    for (const [one, other] of [pair.sockets, pair.sockets.toReversed()] as [Socket, Socket][]) {
      one.on("error", () => {});
      one.on("close", () => {
        if (pair.isDead && one === upstream) return;
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
  }

  #answer(pair: Pair, data: Buffer, client: Socket): void {
    const isLost = !pair.isDead && Math.random() < this.lossOfAnswers;
    // The server has executed the statement, but the client doesn't get the reply.
    if (isLost) for (const socket of pair.sockets) socket.destroy();
    else this.#pass(pair, data, client);
  }

  /**
   * Passes data on after the delay. Keeps the order of a connection's data, because a client would take a reply that
   * arrives early for that of another query.
   */
  #pass(pair: Pair, data: Buffer, to: Socket): void {
    if (pair.isDead) return;
    const line = pair.lines.get(to) ?? [];
    pair.lines.set(to, line);
    line.push({ data, at: performance.now() + this.delayMs * pair.slowness });
    if (line.length === 1) this.#deliver(pair, to);
  }

  #deliver(pair: Pair, to: Socket): void {
    const line = pair.lines.get(to) ?? [];
    for (let head = line[0]; head !== undefined && !this.#holds(pair, to); head = line[0]) {
      const wait = head.at - performance.now();
      if (wait > 0) {
        setTimeout(() => this.#deliver(pair, to), wait);
        return;
      }
      if (to.writable) to.write(head.data);
      line.shift();
    }
  }

  #holds({ isHeld, sockets: [client, upstream] }: Pair, to: Socket): boolean {
    if (!isHeld || this.#held === undefined) return false;
    return to === (this.#held.what === "questions" ? upstream : client);
  }

  #deliverAll(): void {
    for (const pair of this.#pairs) for (const to of pair.sockets) this.#deliver(pair, to);
  }
}

interface Pending {
  data: Buffer;
  /** When to pass the data on, in the time of `performance.now()`. */
  at: number;
}

interface Pair {
  sockets: [Socket, Socket];
  isDead: boolean;
  slowness: number;
  /** Whether the query sent last, or its answer, is being held back. */
  isHeld: boolean;
  /** The data that has not been passed on yet, by the socket that is to get it. */
  lines: Map<Socket, Pending[]>;
}
