// Writes two records into a folder: node records.mjs FOLDER
// large.jsonl has 20 000 events of 50 clients, hostile.jsonl what a peer might send to get at the page.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];

/** The text of a record; `tell` is given a way to add an event. */
function record(command, tell) {
  const header = {
    format: "day30-trace", version: 2, day30: "0", command, role: "server", address: "127.0.0.1:9000", io: "poll",
    started_unix_us: 0, payload_cap: 16384,
  };
  const lines = [header];
  tell((event) => lines.push({ n: lines.length, us: lines.length * 37, actor: "server", thread: 1, ...event }), () => lines.length);
  return lines.map((line) => JSON.stringify(line) + "\n").join("");
}

const conn = (id) => ({ id, local: "127.0.0.1:9000", peer: `127.0.0.1:${20000 + id}` });
const accept = (id) => ({ call: "accept", ok: `127.0.0.1:${20000 + id}` });
const moved = (call, id, text) => {
  const data = Buffer.from(text);
  return { conn: conn(id), call, ok: data.length, asked: 1024, data: data.toString("hex") };
};

writeFileSync(join(folder, "large.jsonl"), record("nonblock-server", (add, count) => {
  add({ call: "bind", ok: "127.0.0.1:9000" });
  add({ call: "listen", ok: 0 });
  for (let id = 1; id <= 50; id++) {
    add({ call: "poll", ok: 1, took_us: 2000 });
    add(accept(id));
  }
  for (let at = 0; count() < 19990; at++) {
    const id = 1 + (at % 50);
    add({ call: "poll", ok: 1, took_us: 5 });
    add(moved("recv", id, `message ${at}`));
    add(moved("send", id, `MESSAGE ${at}`));
  }
}));

writeFileSync(join(folder, "hostile.jsonl"), record("a</script><script>window.owned=1</script>", (add) => {
  add({ call: "bind", ok: "127.0.0.1:9000" });
  add({ call: "listen", ok: 0 });
  add(accept(1));
  const attacks = ["</script><script>window.owned=1</script>", "<img src=x onerror=window.owned=1>", "\x1b]0;x\x07\x1b[2J", "\u202e\u2028</script>", "-->{data}{script}"];
  attacks.forEach((text) => add(moved("recv", 1, text)));
  add({ check: "</script><img src=x onerror=window.owned=1>" });
}));
