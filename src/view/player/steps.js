// Which step is shown, and how to get to another one.

/** Every so many steps the whole state is kept, so that any step is a few patches away. */
const KEEP_EVERY = 200;
const kept = [];
const shown = { index: -1, us: 0, isAuth: false };
let playing = null;
let filter = "";

/** Goes one step on. */
function patched(state, step) {
  for (const [key, value] of Object.entries(step[PATCH])) {
    if (value === null) delete state[key];
    else state[key] = value;
  }
  return state;
}

function keepStates() {
  const state = {};
  DATA.steps.forEach((step, index) => {
    if (index % KEEP_EVERY === 0) kept.push({ ...state });
    patched(state, step);
  });
}

/** The state after a step. */
function stateAt(index) {
  const from = Math.floor(index / KEEP_EVERY);
  const state = { ...kept[from] };
  for (let at = from * KEEP_EVERY; at <= index; at++) patched(state, DATA.steps[at]);
  return state;
}

/** Whether a step's bytes are those of lesson 2. */
function isAuth(index) {
  const lesson = lessons.findLast(([at]) => at <= index);
  return (lesson ? lesson[1] : DATA.title[0]).includes("auth");
}

const lessons = DATA.steps.flatMap((step, index) => (step[KIND] === "lesson" ? [[index, DATA.texts[step[WHAT]][0]]] : []));

/** Shows a step. */
function show(index) {
  const last = DATA.steps.length - 1;
  index = Math.max(0, Math.min(last, index));
  const forward = index === shown.index + 1;
  const step = DATA.steps[index];
  closeQuestion();
  Object.assign(shown, { index, us: step[US], isAuth: isAuth(index) });
  drawNow(step, index);
  drawMachine(stateAt(index), step);
  drawBytes(step);
  drawCode(index);
  follow();
  if (forward) travel(step);
  const slider = byId("slider");
  slider.value = String(index);
  slider.setAttribute("aria-valuetext", `${byId("step-number").textContent}: ${text(step[WHAT])}`);
  byId("first").disabled = byId("back").disabled = index === 0;
  byId("last").disabled = byId("next").disabled = index === last;
  history.replaceState(null, "", `#step=${index + 1}`);
  if (index === last) stop();
}

/** The next step in a direction that the filter lets through. */
function neighbour(direction) {
  for (let index = shown.index + direction; index >= 0 && index < DATA.steps.length; index += direction) {
    const conn = DATA.steps[index][CONN];
    if (filter === "" || String(conn) === filter) return index;
  }
  return shown.index;
}

function go(direction) {
  const index = neighbour(direction);
  if (index === shown.index) return stop();
  if (direction > 0 && quiz.pending === null && mustPredict(index)) return;
  if (quiz.pending === null || direction < 0) show(index);
}

function stop() {
  clearInterval(playing);
  playing = null;
  drawPlay();
}

function togglePlay() {
  if (playing) return stop();
  if (shown.index === DATA.steps.length - 1) show(0);
  playing = setInterval(() => go(1), 1200 / Number(byId("speed").value));
  drawPlay();
}

function drawPlay() {
  const button = byId("play");
  button.textContent = playing ? "❚❚" : "▶▶";
  button.dataset.title = playing ? "pause" : "play";
  button.title = word(button.dataset.title);
  button.setAttribute("aria-label", button.title);
}

function drawTabs() {
  byId("python").setAttribute("aria-pressed", String(!inRust));
  byId("rust").setAttribute("aria-pressed", String(inRust));
}

function drawFilter() {
  const conns = [...new Set(DATA.steps.map((step) => step[CONN]).filter((conn) => conn !== null))].sort((a, b) => a - b).slice(0, 500);
  const options = [["", word("everything")], ...conns.map((conn) => [String(conn), `${word("connection")} ${connectionName(conn)}`])];
  byId("filter").replaceChildren(
    ...options.map(([value, label]) => Object.assign(make("option", "", label), { value, selected: value === filter })),
  );
}

function switchLanguage() {
  language = 1 - language;
  drawWords();
  drawFilter();
  const { pending } = quiz;
  show(shown.index);
  quiz.pending = pending;
  if (pending !== null) drawQuestion();
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const on = event.target.tagName;
  const does = {
    ArrowRight: () => go(1),
    ArrowLeft: () => go(-1),
    Home: () => show(0),
    End: () => show(DATA.steps.length - 1),
    " ": togglePlay,
    p: togglePredict,
    l: switchLanguage,
    "?": () => byId("help").showModal(),
  }[event.key];
  const digit = "1234".indexOf(event.key);
  if (quiz.pending !== null && digit >= 0) answered(digit);
  else if (!does || on === "SELECT" || (on === "INPUT" && event.key !== "?") || (on === "BUTTON" && event.key === " ")) return;
  else does();
  event.preventDefault();
}

function fromLink() {
  const step = /^#step=(\d+)$/.exec(location.hash);
  return step ? Number(step[1]) - 1 : 0;
}

keepStates();
drawWords();
drawFilter();
drawTabs();
byId("slider").max = String(DATA.steps.length - 1);
byId("slider").addEventListener("input", (event) => show(Number(event.target.value)));
for (const [id, does] of [
  ["first", () => show(0)], ["back", () => go(-1)], ["play", togglePlay], ["next", () => go(1)],
  ["last", () => show(DATA.steps.length - 1)], ["predict", togglePredict], ["language", switchLanguage],
  ["help-button", () => byId("help").showModal()],
]) byId(id).addEventListener("click", does);
for (const [id, rust] of [["python", false], ["rust", true]]) {
  byId(id).addEventListener("click", () => {
    inRust = rust;
    drawTabs();
    drawCode(shown.index);
  });
}
byId("filter").addEventListener("change", (event) => { filter = event.target.value; });
byId("speed").addEventListener("change", () => { if (playing) { stop(); togglePlay(); } });
document.addEventListener("keydown", key);
addEventListener("hashchange", () => { if (fromLink() !== shown.index) show(fromLink()); });
show(fromLink());
