// The machine: each client's program and socket on the left, the server's on the right, the network between them.

const still = matchMedia("(prefers-reduced-motion: reduce)");

/** The places of a step's fields. */
const [US, NUMBER, ACTOR, CONN, KIND, CALL, WHAT, WHY, BYTES, PATCH, LINES, QUESTION] = Array(12).keys();
/** The places of a socket's fields. */
const [OWNER, CONDITION, BLOCKS, COUNT, HEX, UNSENT, FACT, ENDING, SENT, RECEIVED] = Array(10).keys();

/** Draws the state after a step. */
function drawMachine(state, step) {
  const stage = byId("stage");
  const conns = Object.keys(state).filter((key) => /^c\d+$/.test(key));
  const isAttack = MIDDLE >= 0;
  stage.classList.toggle("attack", isAttack);
  const rows = isAttack ? attackRows(state, conns, step) : [listenerRow(state, conns), ...conns.map((key) => drawnRow(state, key, step))];
  const now = new Set(rows);
  for (const row of [...stage.querySelectorAll(".row")]) if (!now.has(row)) row.remove();
  rows.forEach((row, index) => {
    // The first child keeps the place of what happened.
    if (stage.children[index + 1] !== row) stage.insertBefore(row, stage.children[index + 1] ?? null);
  });
  if (!isAttack) stage.querySelector(".program.server").style.gridRow = `1 / span ${rows.length}`;
  byId("machine").style.setProperty("--now", `${byId("now").offsetHeight}px`);
}

/** Where a row stands on the screen: it has no box of its own. */
function extent(row) {
  const boxes = [...row.children].map((box) => box.getBoundingClientRect());
  return [Math.min(...boxes.map((box) => box.top)), Math.max(...boxes.map((box) => box.bottom))];
}

/** Scrolls to the connection that does something, unless it is in sight, or the reader has gone on to the code. */
function follow() {
  const row = document.querySelector("#stage .row.current");
  const isAtCode = document.querySelector(".panels").getBoundingClientRect().top < innerHeight * 0.6;
  if (!row || isAtCode) return;
  const [top, bottom] = extent(row);
  // What happened stays at the top of the window, the buttons at its bottom.
  const from = byId("now").offsetHeight + 8;
  const to = byId("controls").getBoundingClientRect().top - 8;
  const far = top < from ? top - from : Math.max(0, Math.min(bottom - to, top - from));
  if (far !== 0) scrollBy({ top: far, behavior: still.matches ? "instant" : "smooth" });
}

/** The server's program with its threads, its listening socket, and the accept queue. */
function listenerRow(state, conns) {
  const workers = Object.keys(state).filter((key) => key[0] === "w").map((key) => state[key]).filter((it) => DATA.actors[it[0]][1]);
  const listener = state.L;
  const row = make("div", "row server-row");
  const socket = make("div", "socket listener");
  socket.append(make("h3", "", word("listener")));
  if (listener) {
    socket.append(badges([listener[0], listener[1] ? null : word("notListening"), blocking(listener[2])]));
    socket.append(make("p", "label", word("queue")));
    const waiting = conns.filter((key) => !state[key][3]);
    const queue = make("div", "queue");
    queue.append(...waiting.map((key) => make("span", "newcomer", owner(state[key + "c"], state[key][1]))));
    // Who waits there is known only where the clients tell of their calls.
    if (!waiting.length) queue.append(make("span", "none", word(DATA.clients_known ? "empty" : "unknown")));
    socket.append(queue);
  } else {
    socket.append(make("p", "none", word("unknown")));
  }
  const kernel = make("div", "kernel", null, make("p", "room", word("kernel")), socket);
  const server = program(workers, workers.length ? actorName(workers[0][0]) : word("server"), "server", 0);
  server.replaceChildren(make("div", "stays", null, ...server.childNodes));
  row.append(kernel, server);
  return row;
}

const drawnRows = new Map();

/** The row of a connection, drawn anew only if something of it has changed: there may be hundreds. */
function drawnRow(state, key, step) {
  const workers = Object.values(state).filter((it) => it.length === 7 && state[key + "c"][OWNER] === it[0]);
  const isCurrent = step[CONN] === state[key][0] && step[ACTOR];
  const asleep = workers.some((it) => it[2] === "sleep") ? shown.us : 0;
  const isForged = forged.at[shown.index].has(state[key][0]);
  const looks = JSON.stringify([language, state[key], state[key + "c"], state[key + "s"], workers, isCurrent, asleep, isForged]);
  const known = drawnRows.get(key);
  if (known && known.looks === looks) return known.row;
  const row = connectionRow(state, key, step);
  drawnRows.set(key, { looks, row });
  return row;
}

/** A connection: the client's program, its socket, the network, the server's socket. */
function connectionRow(state, key, step) {
  const [id, address, , accepted, over] = state[key];
  const [client, server] = [state[key + "c"], state[key + "s"]];
  const row = make("div", "row connection");
  row.dataset.key = key;
  row.classList.toggle("over", over);
  if (step[CONN] === id) {
    row.classList.add("current");
    // A tap is the server of one connection and the client of another.
    row.classList.toggle("by-server", server[OWNER] === step[ACTOR]);
    row.classList.toggle("by-client", client[OWNER] === step[ACTOR]);
  }
  const workers = Object.values(state).filter((it) => client[OWNER] !== null && it.length === 7 && it[0] === client[OWNER]);
  const name = client[OWNER] === null ? word("client") : actorName(client[OWNER]);
  const left = program(workers, name, "client", client[OWNER], client);
  if (client[OWNER] === null) left.append(make("p", "none", address || word("unknown")));
  row.append(left, kernelBox(client, "client", address), wire(client, server, id), kernelBox(server, "server", null, !accepted));
  if (MIDDLE >= 0) markAttack(row, client, server, id);
  return row;
}

/** A program with what its threads are doing. */
function program(workers, name, side, actor, end) {
  const box = make("div", "program " + side);
  if (side === "client") box.dataset.actor = actor;
  box.append(make("p", "room", word("program")), make("h3", "", name));
  for (const worker of workers) box.append(thread(worker, workers.length > 1));
  if (!workers.length) box.append(make("p", "none", word("unknown")));
  if (end && end[UNSENT]) box.append(make("p", "unsent", `${end[UNSENT]} ${word(end[UNSENT] === 1 ? "oneUnsent" : "unsent")}`));
  if (end && end[FACT] !== null) box.append(make("p", "fact", text(end[FACT])));
  return box;
}

function thread([actor, number, doing, call, conn, since, calls], several) {
  const line = make("p", "thread " + doing);
  line.append(make("span", "sign"));
  const hasOne = conn === null || (MIDDLE >= 0 && !DATA.actors[actor][1]);
  const where = hasOne ? "" : ` ${connectionName(conn)}`;
  const does = make("span", "does", several ? `${word("thread")} ${number ?? ""}${word("colon")}` : "");
  does.append(make("strong", "", word(doing) + (doing === "sleep" ? `${language ? "" : " "}${call}${where}` : "")));
  if (doing === "sleep" && since !== null) does.append(make("span", "for", ` ${word("since")} ${duration(shown.us - since)}`));
  line.append(does);
  if (calls > 0) line.append(make("span", "calls", `${big(calls)} ${word(calls === 1 ? "oneForNothing" : "forNothing")}`));
  return line;
}

/** A socket in the kernel, with its receive buffer. */
function kernelBox(end, side, address, queued) {
  const box = make("div", "kernel " + side);
  box.append(make("p", "room", word("kernel")));
  const socket = make("div", "socket " + end[CONDITION]);
  if (end[OWNER] === null && !queued) {
    socket.append(make("p", "none", word("unknown")));
    box.append(socket);
    return box;
  }
  socket.append(badges(queued ? [word("waits")] : [address, word(end[CONDITION]), blocking(end[BLOCKS])]));
  socket.append(make("p", "label", word("buffer")), cells(end));
  if (side === "server" && end[FACT] !== null) socket.append(make("p", "fact", text(end[FACT])));
  if (side === "server" && end[UNSENT]) socket.append(make("p", "unsent", `${end[UNSENT]} ${word(end[UNSENT] === 1 ? "oneUnsent" : "unsent")}`));
  if (end[ENDING] !== null) socket.append(make("p", "ending", text(end[ENDING])));
  box.append(socket);
  return box;
}

/** The bytes that lie in the kernel, as cells. */
function cells(end) {
  const row = make("div", "cells");
  if (end[COUNT] === null) {
    row.append(make("span", "none", word("unknown")));
  } else if (end[COUNT] === 0) {
    row.append(make("span", "none", word("empty")));
  } else {
    row.append(...byteCells(end[HEX]));
    row.append(make("span", "count", big(end[COUNT])));
  }
  return row;
}

function byteCells(hex) {
  return (hex.match(/../g) || []).map((byte) => {
    const code = parseInt(byte, 16);
    const cell = make("span", "cell", code > 32 && code < 127 ? String.fromCharCode(code) : byte);
    if (!(code > 32 && code < 127)) cell.classList.add("raw");
    return cell;
  });
}

/** What goes from one kernel to the other: at rest a line, with the ends that were sent. */
function wire(client, server, id) {
  const box = make("div", "wire");
  box.append(make("p", "room", word("wire")), make("span", "line"), make("span", "id", connectionName(id)));
  const over = (end) => ["closed", "fin-sent", "both-fins"].includes(end[CONDITION]);
  const isReset = [client, server].some((end) => ["reset", "closed-reset"].includes(end[CONDITION]));
  // Where a reset ended the connection, a close sends no FIN.
  if (!isReset && over(client)) box.append(make("span", "mark to-server", "FIN →"));
  if (!isReset && over(server)) box.append(make("span", "mark to-client", "← FIN"));
  if (isReset) box.append(make("span", "mark broken", "RST"));
  return box;
}

function badges(list) {
  return make("p", "badges", null, ...list.filter(Boolean).map((label) => make("span", "badge", label)));
}

const blocking = (blocks) => (blocks === null ? null : word(blocks ? "blocks" : "blocksNot"));
const owner = (end, address) => (end[OWNER] === null ? address : actorName(end[OWNER]));
const duration = (us) => (us < 1000 ? `${us} µs` : us < 1e6 ? `${(us / 1000).toFixed(1)} ms` : `${(us / 1e6).toFixed(2)} s`);

/** Lets the bytes of a send travel to the other kernel, and those of a recv into the program. */
function travel(step) {
  if (still.matches || step[KIND] !== "call" || !step[BYTES] || !["send", "recv"].includes(step[CALL])) return;
  const row = document.querySelector("#stage .row.current");
  if (!row) return;
  const isServer = playsServer(step);
  const middle = document.querySelector("#stage .program.attacker");
  const boxes = {
    client: row.querySelector(".program.client") || middle,
    server: (!row.matches(".made, .direct") && middle) || document.querySelector("#stage .stays") || document.querySelector("#stage .program.server"),
    clientKernel: row.querySelector(".kernel.client .cells") || row.querySelector(".kernel.client"),
    serverKernel: row.querySelector(".kernel.server .cells") || row.querySelector(".kernel.server"),
  };
  const [mine, its] = isServer ? ["server", "client"] : ["client", "server"];
  const [from, to] = step[CALL] === "send" ? [boxes[mine], boxes[its + "Kernel"]] : [boxes[mine + "Kernel"], boxes[mine]];
  if (!from || !to) return;
  const side = step[ACTOR] === MIDDLE ? (forged.by.has(shown.index) ? " forged" : "") : isServer ? " of-server" : "";
  fly(step[BYTES][0].slice(0, 24), from.getBoundingClientRect(), to.getBoundingClientRect(), side);
}

function fly(hex, from, to, side) {
  const flock = make("div", "flock" + side, null, ...byteCells(hex));
  document.body.append(flock);
  const size = flock.getBoundingClientRect();
  const middle = (box) => [box.left + box.width / 2 - size.width / 2, box.top + Math.min(box.height / 2, 60) - size.height / 2];
  const [[x0, y0], [x1, y1]] = [middle(from), middle(to)];
  const flight = flock.animate(
    [{ transform: `translate(${x0}px, ${y0}px)`, opacity: 0.4 }, { opacity: 1, offset: 0.2 }, { transform: `translate(${x1}px, ${y1}px)`, opacity: 0.9 }],
    { duration: 550, easing: "ease-in-out" },
  );
  flight.finished.finally(() => flock.remove()).catch(() => {});
}
