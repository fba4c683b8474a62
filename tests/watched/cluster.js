// A cluster with one worker: this process accepts, and sends each connection to the worker. It ends with the first client.
const cluster = require("cluster"), net = require("net");

if (cluster.isPrimary) {
  const worker = cluster.fork();
  worker.on("listening", (address) => console.log("listening on 127.0.0.1:" + address.port));
  worker.on("exit", () => process.exit(0));
} else {
  net.createServer((conn) => {
    conn.on("data", (data) => conn.write(data.toString().toUpperCase()));
    conn.on("end", () => conn.end());
    conn.on("close", () => process.exit(0));
  }).listen(Number(process.argv[2]), "127.0.0.1");
}
