// What happened and why, the bytes with their meaning, the code with the line that was at work.

/** So many bytes stand in a row of the dump: it must fit a phone. */
const ROW = 8;
let inRust = false;

function drawNow(step, index) {
  byId("step-number").textContent = language
    ? `第 ${index + 1} 步，共 ${DATA.steps.length} 步`
    : `step ${index + 1} of ${DATA.steps.length}`;
  byId("time").textContent = `${(step[US] / 1e6).toFixed(6)} s`;
  const actor = byId("actor");
  const isPlain = step[CONN] === null || (MIDDLE >= 0 && !DATA.actors[step[ACTOR]][1]);
  const between = MIDDLE >= 0 && step[CONN] >= OF_CLIENTS ? " ↔ " : " ";
  actor.textContent = actorName(step[ACTOR]) + (isPlain ? "" : between + connectionName(step[CONN]));
  actor.className = step[ACTOR] === MIDDLE ? "attacker" : DATA.actors[step[ACTOR]][1] ? "server" : "client";
  byId("what").textContent = text(step[WHAT]);
  byId("why").textContent = text(step[WHY]);
}

function drawBytes(step) {
  const dump = byId("dump");
  if (!step[BYTES]) {
    dump.replaceChildren(make("p", "none", word("noBytes")));
    return;
  }
  const [hex, known] = step[BYTES];
  const bytes = Uint8Array.from(hex.match(/../g) || [], (byte) => parseInt(byte, 16));
  const rows = forged.by.has(shown.index) ? [make("p", "forged", text(forged.by.get(shown.index)))] : [];
  for (const [from, to, meaning] of fields(bytes, step)) {
    if (meaning) rows.push(make("p", "meaning", meaning));
    for (let at = from; at < to; at += ROW) rows.push(dumpRow(bytes.subarray(at, Math.min(at + ROW, to)), at));
  }
  if (known > bytes.length) rows.push(make("p", "none", `${word("moreBytes")} ${big(known)} ${word("inAll")}`));
  dump.replaceChildren(...rows);
}

/** Parts of a payload and what they mean: lesson 2 has fields, the others have text. */
function fields(bytes, step) {
  const isServer = playsServer(step);
  const toServer = isServer === (step[CALL] === "recv");
  if (shown.isAuth && !toServer) return [[0, bytes.length, word("challenge")]];
  if (shown.isAuth && bytes.length > 4 && !bytes[1] && !bytes[2] && !bytes[3]) {
    return [[0, 4, `${word("length")}${word("colon")}${bytes[0]}`], [4, bytes.length, word("digest")]];
  }
  const cut = cutCharacter(bytes);
  if (!shown.isAuth && cut) return [[0, bytes.length - cut, ""], [bytes.length - cut, bytes.length, word("letter")]];
  return [[0, bytes.length, ""]];
}

/** How many bytes at the end begin a UTF-8 character that goes on elsewhere (RFC 3629). */
function cutCharacter(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function dumpRow(bytes, at) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const ascii = Array.from(bytes, (byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
  return make("div", "dump-row", null, make("span", "offset", at.toString(16).padStart(4, "0")), make("span", "hex", hex), make("span", "ascii", ascii));
}

/** For each side and language, which step's call was the last one by then that has a line there; a lesson begins with none. */
const lastCall = { client: [[], []], server: [[], []] };
for (const side of ["client", "server"]) {
  for (const rust of [0, 1]) {
    const last = lastCall[side][rust];
    DATA.steps.forEach((step, index) => {
      const before = index === 0 || step[KIND] === "lesson" ? -1 : last[index - 1];
      const isItsOwn = step[LINES]?.[rust] && DATA.actors[step[ACTOR]][1] === (side === "server");
      last.push(isItsOwn ? index : before);
    });
  }
}

// What nobody recorded needs no place, and where there is only Rust, Rust is shown.
const isListed = (side, rust) => lastCall[side][rust].some((at) => at >= 0);
for (const side of ["client", "server"]) byId(`${side}-source`).parentElement.hidden = !isListed(side, 0) && !isListed(side, 1);
byId("code").hidden = ![0, 1].some((rust) => isListed("client", rust) || isListed("server", rust));
for (const id of ["python", "rust"]) byId(id).hidden = !["client", "server"].some((side) => isListed(side, Number(id === "rust")));
inRust = !isListed("client", 0) && !isListed("server", 0);

const drawnSource = { client: null, server: null };

/** The two programs' code, each at the line of its last call. */
function drawCode(index) {
  for (const side of ["client", "server"]) drawListing(side, lastCall[side][Number(inRust)][index], index);
}

function drawListing(side, at, index) {
  const source = byId(`${side}-source`);
  const caption = word(side) + word("colon");
  source.parentElement.classList.toggle("past", at !== index);
  if (at < 0) {
    source.replaceChildren(make("span", "none", word(isListed(side, Number(inRust)) ? "noCode" : "noFile")));
    byId(`${side}-file`).textContent = caption + "–";
    drawnSource[side] = null;
    return;
  }
  const place = DATA.steps[at][LINES][Number(inRust)];
  const [file, line] = place;
  if (drawnSource[side] !== file) {
    const rows = DATA.sources[file].text.split("\n");
    source.replaceChildren(...rows.map((row, at) => make("span", "line", null, make("span", "line-number", String(at + 1)), row + "\n")));
    drawnSource[side] = file;
  }
  byId(`${side}-file`).textContent = `${caption}${DATA.sources[file].name}${language ? `，第 ${line} 行` : `, line ${line}`}`;
  source.querySelector(".at")?.removeAttribute("aria-current");
  source.querySelector(".at")?.classList.remove("at");
  const row = source.children[line - 1];
  row.classList.add("at");
  row.setAttribute("aria-current", "true");
  source.scrollTop = Math.max(0, row.offsetTop - source.offsetTop - source.clientHeight / 3);
}

/** The words of the page, after the language was switched. */
function drawWords() {
  document.documentElement.lang = language ? "zh" : "en";
  document.title = byId("title").textContent = DATA.title[language];
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-title]")) {
    element.title = word(element.dataset.title);
    element.setAttribute("aria-label", element.title);
  }
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
  byId("language").textContent = language ? "English" : "中文";
  byId("language").lang = language ? "en" : "zh";
  byId("keys").replaceChildren(...word("keyList").flatMap(([key, what]) => [make("dt", "", key), make("dd", "", what)]));
}
