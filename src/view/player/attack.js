// An attack: the attacker stands between the clients and the server, and what it sends instead of an honest party is marked.

/** Who sits in the middle: its place in the list of actors, or -1. */
const MIDDLE = DATA.actors.findIndex((actor) => actor[2]);
/** A tap sits there as well, beside the records of those whom it joins. */
const IS_TAP = MIDDLE >= 0 && DATA.actors[MIDDLE][2] === 2;
/** And the server; some attacks need none. */
const acts = (place) => DATA.steps.some((step) => step[ACTOR] === place && step[KIND] !== "lesson");
const SERVER = DATA.actors.findIndex((actor, place) => actor[1] && !actor[2] && acts(place));
/** From here on the attacker numbers the connections that clients made to it; 0 is the only client, 1 is client A. */
const OF_CLIENTS = 1000000000;
/** And a tap those of its clients, beside the server's record. */
const OF_TAPPED = 2000000000;
document.documentElement.classList.toggle("tapped", IS_TAP);

/** For each step: what was said of the forged bytes that it sends, and in which connections forged bytes are under way. */
const forged = { by: new Map(), at: [] };
{
  const announced = new Map();
  let underWay = new Set();
  DATA.steps.forEach((step, index) => {
    const conn = step[CONN];
    if (step[KIND] === "forged") announced.set(conn, step[WHAT]);
    if (step[ACTOR] === MIDDLE && step[KIND] === "call" && step[CALL] === "send") {
      underWay = new Set(underWay);
      if (announced.has(conn)) {
        forged.by.set(index, announced.get(conn));
        announced.delete(conn);
        underWay.add(conn);
      } else {
        underWay.delete(conn);
      }
    }
    forged.at.push(underWay);
  });
}

/** A connection's name: the attacker's with clients are named after those. */
function connectionName(id) {
  if (id < OF_CLIENTS) return `#${id}`;
  if (id >= OF_TAPPED) return `${word("client")} #${id - OF_TAPPED}`;
  return id === OF_CLIENTS ? word("client") : `${word("client")} ${String.fromCharCode(64 + id - OF_CLIENTS)}`;
}

/** Which role the actor of a step plays on its connection: the attacker is the server of some and the client of others. */
function playsServer(step) {
  if (step[ACTOR] !== MIDDLE) return DATA.actors[step[ACTOR]][1];
  return step[CONN] === null || step[CONN] >= OF_CLIENTS;
}

const workersOf = (state, actor) => Object.values(state).filter((it) => it.length === 7 && it[0] === actor);

/** The rows of an attack: clients on the left, the attacker's own connections on the right, its program between them; and below, who
 * passes it by. */
function attackRows(state, conns, step) {
  const made = conns.filter((key) => state[key + "c"][OWNER] === MIDDLE);
  const direct = conns.filter((key) => !made.includes(key) && state[key + "s"][OWNER] === SERVER);
  const come = conns.filter((key) => !made.includes(key) && !direct.includes(key));
  const count = Math.max(made.length, come.length, 1);
  const middle = make("div", "row middle-row");
  const placed = (box, rows) => {
    box.style.gridRow = `2 / span ${rows}`;
    middle.append(box);
  };
  placed(program(workersOf(state, MIDDLE), actorName(MIDDLE), "attacker", MIDDLE), count);
  if (SERVER >= 0) placed(program(workersOf(state, SERVER), actorName(SERVER), "server", SERVER), count + direct.length);
  const from = (first) => (key, at) => {
    const row = drawnRow(state, key, step);
    row.style.setProperty("--at", first + at);
    return row;
  };
  return [middle, ...come.map(from(2)), ...made.map(from(2)), ...direct.map(from(2 + count))];
}

/** What an attack's connection looks like beside any other: whose sockets they are, and which of their bytes are forged. */
function markAttack(row, client, server, id) {
  const isMade = client[OWNER] === MIDDLE;
  row.classList.toggle("made", isMade);
  row.classList.toggle("direct", !isMade && server[OWNER] === SERVER);
  const ends = [[row.querySelector(".kernel.client"), client], [row.querySelector(".kernel.server"), server]];
  for (const [box, end] of ends) {
    if (end[OWNER] !== null) box.querySelector(".room").append(` · ${actorName(end[OWNER])}`);
    if (end[OWNER] === MIDDLE) box.querySelector(".fact")?.classList.add("attackers");
    if (end[OWNER] === MIDDLE || !forged.at[shown.index].has(id)) continue;
    for (const cell of box.querySelectorAll(".cell")) cell.classList.add("forged");
  }
  if (!isMade) return;
  row.querySelector(".program").remove();
  if (client[FACT] !== null) row.querySelector(".kernel.client .socket").append(make("p", "fact attackers", text(client[FACT])));
}
