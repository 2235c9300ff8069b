// Servers that accept everything. The clients of vendored packages talk to them, so that V8 compiles the clients' code.
import { createServer } from "node:net";

export function redisServer() {
  return serve((socket) => {
    socket.on("data", (data) => socket.write("+OK\r\n".repeat(String(data).split("*").length - 1)));
  });
}

export function mailServer() {
  return serve((socket) => {
    let inBody = false;
    socket.write("220 ready\r\n");
    socket.on("data", (data) => {
      const text = String(data);
      if (inBody && !text.endsWith("\r\n.\r\n")) return;
      if (!inBody && text.startsWith("DATA")) {
        inBody = true;
        return socket.write("354 go on\r\n");
      }
      inBody = false;
      socket.write("250 fine\r\n");
    });
  });
}

function serve(onConnection) {
  return new Promise((resolve) => {
    const server = createServer(onConnection).listen(0, "127.0.0.1", () => resolve(server));
  });
}
