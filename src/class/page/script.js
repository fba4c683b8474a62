// Shows a class: what is shared, the table, and behind each cell what the judge tells. Every text of a program is put in as text.

const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = {
  common: ["What they have in common", "共同的问题"],
  table: DATA.pairs ? ["Every server with every client", "每个服务器与每个客户端"] : ["Students and checks", "学生与检查项"],
  hint: DATA.pairs ? ["Select a cell to read what its letter means.", "点选格子，看字母的含义。"]
    : ["Select a cell to read what failed, as day30 tells it.", "点选格子，看 day30 指出哪里没有通过。"],
  path: ["Which step each of them builds next", "各人下一步要写什么"],
  step: ["step", "步骤"], open: ["not failed, but could not be tested", "没有未通过，但有检查无法测试"],
  how: ["How they were run", "运行方式"],
  student: ["student", "学生"], server: ["server ↓ client →", "服务器 ↓ 客户端 →"],
  close: ["Close", "关闭"], other: ["中文", "English"], of: ["of", "/"],
  why: ["Why, and whose programs", "原因，以及是谁的程序"],
  passedAll: ["No check failed.", "没有未通过的检查。"],
};
/** So many causes are shown at once: the table comes soon after. */
const FIRST = 6;
let language = document.documentElement.lang === "zh" ? 1 : 0;

const byId = (id) => document.getElementById(id);
const word = (name) => WORDS[name][language];
/** A text in both languages, or in none. */
const text = (both) => (both ? (language ? both.zh : both.en) : "");

function make(tag, name, content) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (content !== undefined) element.textContent = content;
  return element;
}

/** An element with this text, in which what stands between two backticks is code. */
function rich(tag, name, content) {
  const element = make(tag, name);
  content.split("`").forEach((part, place) => element.append(place % 2 ? make("code", "", part) : part));
  return element;
}

function button(name, content, action) {
  const element = make("button", name, content);
  element.type = "button";
  element.addEventListener("click", action);
  return element;
}

function open(title, parts) {
  byId("detail-title").textContent = title;
  byId("detail-body").replaceChildren(...parts);
  byId("detail").showModal();
  byId("detail").scrollTop = 0;
}

/** What is told of a check: a failure in full, or why it was not judged. */
function told(check) {
  const heading = make("h3", "", `${DATA.signs[check.sign].letter} ${check.id}`);
  heading.append(" ", make("span", "dim", check.level));
  const parts = [heading];
  if (check.told) {
    const whole = make("pre", "", text(check.told).trim());
    whole.tabIndex = 0;
    parts.push(whole);
  }
  else if (check.reason) parts.push(make("p", "", text(check.reason)));
  return parts;
}

function nextStep(step) {
  const parts = [make("h3", "", text(step.text))];
  if (step.build) parts.push(make("p", "", text(step.build)));
  return parts;
}

function openStudent(row, family) {
  const checks = row.checks.filter((check) => family === undefined || check.family === family);
  const parts = [make("p", "id", row.file)];
  if (family === undefined && row.summary) parts.push(make("p", "", text(row.summary)));
  if (family === undefined && row.step) parts.push(...nextStep(row.step));
  if (row.trouble) parts.push(make("p", "", text(row.trouble)));
  else if (!checks.length) parts.push(make("p", "", word("passedAll")));
  parts.push(...checks.flatMap(told));
  open(family === undefined ? row.name : `${row.name} · ${text(DATA.families[family])}`, parts);
}

function drawCauses() {
  byId("common").hidden = !DATA.shared.length;
  const items = DATA.shared.map((shared) => {
    const item = make("li", shared.must ? "" : "weak");
    const count = make("div", "count", String(shared.students.length));
    count.append(make("small", "", `${word("of")} ${DATA.rows.length}`));
    const head = make("div");
    head.append(rich("h3", "", text(shared.title)), make("span", "id", shared.id));
    const more = make("details");
    const names = make("div", "names");
    names.append(...shared.students.map((place) => button("", DATA.rows[place].name, () => openStudent(DATA.rows[place]))));
    more.append(make("summary", "", word("why")), rich("p", "", text(shared.why)), names);
    item.append(count, head, more);
    return item;
  });
  byId("causes").replaceChildren(...items.slice(0, FIRST));
  byId("rest").hidden = items.length <= FIRST;
  const others = items.length - FIRST;
  byId("how-many").textContent = language ? `还有 ${others} 个` : `${others} more`;
  byId("other-causes").replaceChildren(...items.slice(FIRST));
}

function drawSteps() {
  byId("path").hidden = !DATA.steps.length;
  const most = Math.max(1, ...DATA.steps.map((step) => step.count));
  byId("steps").replaceChildren(...DATA.steps.map((step) => {
    const item = make("li", step.number ? "" : "done");
    const bar = make("span", "bar-of-steps");
    bar.style.width = `${(100 * step.count) / most}%`;
    const track = make("span", "track");
    track.append(bar);
    const what = make("span", "", text(step.text));
    if (step.open) what.append(" ", make("span", "dim", `(${word("open")})`));
    item.append(make("span", "count", String(step.count)), track, what);
    return item;
  }));
}

function headRow(first, names) {
  const row = make("tr");
  const corner = make("th", "", first);
  corner.scope = "col";
  row.append(corner, ...names.map((name) => {
    const head = make("th");
    head.scope = "col";
    head.append(make("span", "", name));
    return head;
  }));
  const group = make("thead");
  group.append(row);
  return group;
}

function rowHead(content) {
  const head = make("th");
  head.scope = "row";
  head.append(content);
  return head;
}

function studentRow(row) {
  const line = make("tr");
  line.append(rowHead(button("", row.name, () => openStudent(row))));
  if (row.trouble) {
    const cell = make("td", "trouble", text(row.trouble));
    cell.colSpan = DATA.families.length + 1;
    line.append(cell);
    return line;
  }
  const step = make("td", "step", row.step ? row.step.short : "");
  if (row.step) step.title = text(row.step.text);
  line.append(step);
  row.cells.forEach((name, family) => {
    const cell = make("td");
    if (name) {
      const sign = DATA.signs[name];
      const label = `${row.name}, ${text(DATA.families[family])}: ${text(sign.meaning)}`;
      const shown = name === "passed" ? make("span", "sign passed", sign.letter)
        : button(`sign ${name}`, sign.letter, () => openStudent(row, family));
      if (name !== "passed") shown.setAttribute("aria-label", label);
      shown.title = label;
      cell.append(shown);
    }
    line.append(cell);
  });
  return line;
}

function drawTable() {
  const bodies = DATA.groups.map((group) => {
    const body = make("tbody");
    const line = make("tr");
    const head = make("th", "group");
    head.colSpan = DATA.families.length + 2;
    head.scope = "rowgroup";
    head.append(rich("span", "", text(group.title)));
    line.append(head);
    body.append(line, ...group.members.map((place) => studentRow(DATA.rows[place])));
    return body;
  });
  byId("table").replaceChildren(headRow(word("student"), [word("step"), ...DATA.families.map(text)]), ...bodies);
}

function drawPairs() {
  const body = make("tbody");
  DATA.servers.forEach((server, place) => {
    const line = make("tr");
    line.append(rowHead(make("span", "", server)));
    DATA.cells[place].forEach((name, client) => {
      const sign = DATA.signs[name];
      const label = `${server} × ${DATA.clients[client]}: ${text(sign.meaning)}`;
      const cell = button(`sign ${sign.look}`, sign.letter, () => open(`${server} × ${DATA.clients[client]}`, [make("p", "", text(sign.meaning))]));
      cell.setAttribute("aria-label", label);
      cell.title = label;
      const box = make("td");
      box.append(cell);
      line.append(box);
    });
    body.append(line);
  });
  byId("table").className = "pairs";
  byId("table").replaceChildren(headRow(word("server"), DATA.clients), body);
}

function drawLegend() {
  const used = new Set((DATA.pairs ? DATA.cells : DATA.rows.map((row) => row.cells ?? [])).flat());
  byId("legend").replaceChildren(...DATA.order.filter((name) => used.has(name)).map((name) => {
    const sign = DATA.signs[name];
    const item = make("li");
    item.append(make("span", `sign ${sign.look ?? name}`, sign.letter), ` ${text(sign.meaning)}`);
    return item;
  }));
}

function draw() {
  document.documentElement.lang = language ? "zh" : "en";
  document.title = text(DATA.title);
  byId("title").textContent = text(DATA.title);
  byId("sum").textContent = text(DATA.sum);
  document.querySelectorAll("[data-word]").forEach((element) => { element.textContent = word(element.dataset.word); });
  byId("scroll").setAttribute("aria-label", word("table"));
  byId("close").textContent = word("close");
  byId("language").textContent = word("other");
  byId("language").lang = language ? "en" : "zh";
  if (DATA.pairs) drawPairs();
  else {
    drawCauses();
    drawSteps();
    drawTable();
  }
  drawLegend();
  byId("facts").replaceChildren(...DATA.facts.flatMap(([about, line]) => [make("dt", "", text(about)), make("dd", "", text(line))]));
}

byId("language").addEventListener("click", () => { language = 1 - language; draw(); });
byId("close").addEventListener("click", () => byId("detail").close());
byId("detail").addEventListener("click", (event) => { if (event.target === byId("detail")) byId("detail").close(); });
draw();
