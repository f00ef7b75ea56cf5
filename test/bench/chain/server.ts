// Binds at once and ends at once.
import { createServer } from "node:http";

const server = createServer((_request, response) => response.end("ok"));
server.listen(Number(process.env["PORT"]), "localhost");
process.once("SIGTERM", () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});
