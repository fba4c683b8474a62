// The player in a real browser: node player.mjs DEMO.html LARGE.html HOSTILE.html ATTACK.html [FOLDER for pictures]
// Prints one line for each test, and exits with 1 if one fails.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { chromium } from "playwright-core";

const [demo, large, hostile, attack, pictures] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
let failed = 0;

/** Opens a page of its own, and fails on anything that it says or asks for. */
async function open(file, { hash = "", width = 1280, scheme = "light", motion = "reduce" } = {}) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: motion });
  page.said = [];
  page.on("console", (message) => page.said.push(message.text()));
  page.on("pageerror", (error) => page.said.push(error.message));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url()) || (request.url().startsWith("file:") && !request.isNavigationRequest())) {
      page.said.push(`request: ${request.url()}`);
    }
  });
  await page.goto(`file://${file}${hash}`);
  return page;
}

/** The tests, to be run beside each other: each has pages of its own, and each page a process. */
const tests = [];
const test = (name, run) => tests.push([name, run]);
const AT_ONCE = 3;

async function runOne([name, run]) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}

const number = (page) => page.evaluate(() => Number(/#step=(\d+)/.exec(location.hash)[1]));
const what = (page) => page.textContent("#what");
/** All that a step shows, but for the focus. */
const picture = (page) => page.evaluate(() => document.querySelector("main").innerText);
const data = (page) => page.evaluate(() => JSON.parse(document.getElementById("data").textContent));

test("steps go on and back, and each looks the same whichever way one came", async () => {
  const page = await open(demo);
  const count = (await data(page)).steps.length;
  const there = [];
  for (let at = 1; at <= Math.min(count, 60); at++) {
    assert.equal(await number(page), at);
    there.push(await picture(page));
    await page.keyboard.press("ArrowRight");
  }
  for (let at = 60; at >= 1; at--) {
    await page.keyboard.press("ArrowLeft");
    assert.equal(await number(page), at);
    assert.equal(await picture(page), there[at - 1]);
  }
  await page.keyboard.press("End");
  assert.equal(await number(page), count);
  assert.ok(await page.isDisabled("#next"));
  await page.keyboard.press("Home");
  assert.equal(await number(page), 1);
  assert.deepEqual(page.said, []);
});

test("a link opens its step, and the slider and the buttons lead elsewhere", async () => {
  const page = await open(demo, { hash: "#step=12" });
  assert.equal(await number(page), 12);
  await page.click("#next");
  assert.equal(await number(page), 13);
  await page.focus("#slider");
  await page.keyboard.press("ArrowRight");
  assert.equal(await number(page), 14);
  await page.evaluate(() => { location.hash = "#step=20"; });
  await page.waitForFunction(() => document.getElementById("step-number").textContent.includes("20"));
  assert.deepEqual(page.said, []);
});

test("bytes lie in the kernel between send and recv", async () => {
  const page = await open(demo);
  const { steps, texts } = await data(page);
  const sent = steps.findIndex((step) => step[5] === "send" && texts[step[6]][0].includes("clent11"));
  const cells = () => page.$$eval(".row.connection .kernel.server .cell", (all) => all.map((it) => it.textContent).join(""));
  await page.goto(`file://${demo}#step=${sent + 1}`);
  assert.equal(await cells(), "clent11");
  const taken = steps.findIndex((step, at) => at > sent && step[5] === "recv" && step[8]);
  await page.goto(`file://${demo}#step=${taken + 1}`);
  assert.equal(await cells(), "");
});

test("lesson 1 spins where one can see it, and lesson 4 sleeps", async () => {
  const page = await open(demo);
  const { steps } = await data(page);
  const [spun, slept] = [steps.findIndex((step) => step[4] === "spin"), steps.findIndex((step) => step[4] === "sleep")];
  await page.goto(`file://${demo}#step=${spun + 3}`);
  assert.match(await page.textContent(".program.server .thread.spin .calls"), /\d+/);
  const colours = await page.$$eval("figure .at", (all) => all.map((it) => getComputedStyle(it).backgroundColor));
  assert.notEqual(colours[0], colours[1], "the line that is at work, and one that was");
  await page.goto(`file://${demo}#step=${slept + 1}`);
  assert.match(await page.textContent(".thread.sleep"), /asleep in \w+/);
  assert.deepEqual(page.said, []);
});

test("predict mode asks before it shows, and counts", async () => {
  const page = await open(demo);
  await page.keyboard.press("p");
  const { steps } = await data(page);
  let [asked, right] = [0, 0];
  while (asked < 5) {
    const before = await number(page);
    await page.keyboard.press("ArrowRight");
    if (!(await page.isVisible("#answers button"))) continue;
    assert.equal(await number(page), before, "the outcome is not shown yet");
    const [, answer] = steps[before][11];
    const choice = asked % 2 ? (answer + 1) % (await page.$$("#answers button")).length : answer;
    await page.keyboard.press(String(choice + 1));
    asked += 1;
    right += choice === answer ? 1 : 0;
    assert.equal(await number(page), before + 1);
    assert.ok((await page.textContent("#score")).includes(`${right} / ${asked}`));
  }
  assert.deepEqual([asked, right], [5, 3]);
  assert.deepEqual(page.said, []);
});

test("the language is switched in the page, everywhere", async () => {
  const page = await open(demo, { hash: "#step=12" });
  await page.keyboard.press("l");
  assert.equal(await page.getAttribute("html", "lang"), "zh");
  assert.match(await picture(page), /接收缓冲区/);
  assert.doesNotMatch(await page.textContent("#why"), /[a-z]{6}/);
  await page.click("#language");
  assert.match(await picture(page), /receive buffer/);
  assert.deepEqual(page.said, []);
});

test("one connection can be followed", async () => {
  const page = await open(demo);
  await page.selectOption("#filter", "2");
  const { steps } = await data(page);
  for (let at = 0; at < 8; at++) {
    await page.click("#next");
    assert.equal(steps[(await number(page)) - 1][3], 2);
  }
});

test("play goes on by itself and ends at the end", async () => {
  const page = await open(demo, { motion: "no-preference" });
  const count = (await data(page)).steps.length;
  await page.selectOption("#speed", "16");
  await page.evaluate((step) => { location.hash = `#step=${step}`; }, count - 12);
  await page.click("#play");
  await page.waitForFunction((end) => location.hash === `#step=${end}`, count);
  assert.equal(await page.getAttribute("#play", "aria-label"), "Play (Space)");
  assert.deepEqual(page.said, []);
});

test("20 000 events: a step stays far below a second, also at the end", async () => {
  const page = await open(large);
  const { steps } = await data(page);
  assert.ok(steps.length >= 20000, `${steps.length} steps`);
  assert.ok(statSync(large).size < 4e6, `${statSync(large).size} bytes`);
  const spent = await page.evaluate((last) => {
    location.hash = `#step=${last - 300}`;
    return new Promise((done) => setTimeout(() => {
      const begin = performance.now();
      for (let at = 0; at < 200; at++) document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
      done((performance.now() - begin) / 200);
    }, 100));
  }, steps.length);
  console.log(`   ${spent.toFixed(2)} ms for a step`);
  assert.deepEqual(page.said, []);
});

/** Whether the connection that does something can be seen: below what happened, and above the buttons. */
const isInSight = (page) => page.evaluate(() => {
  const boxes = [...document.querySelector("#stage .row.current").children].map((box) => box.getBoundingClientRect());
  const [now, controls] = ["now", "controls"].map((id) => document.getElementById(id).getBoundingClientRect());
  return now.top >= 0 && boxes.every((box) => box.top >= now.bottom && box.bottom <= controls.top);
});
/** How far below the window's upper edge something stands. (How far the page is scrolled says less: it grows above that, too.) */
const top = (page, selector) => page.$eval(selector, (it) => it.getBoundingClientRect().top);

for (const motion of ["reduce", "no-preference"]) {
  test(`of many clients, the one that does something is in sight (motion: ${motion})`, async () => {
    const page = await open(large, { motion });
    const { steps } = await data(page);
    // The clients have their turns one after another, and behind the last comes the first again.
    const first = steps.findIndex((step) => step[3] === 47);
    await page.evaluate((step) => { location.hash = `#step=${step}`; }, first + 1);
    const clients = new Set();
    let resting = 0;
    for (let at = first; clients.size < 8; at++) {
      await page.waitForFunction((step) => location.hash === `#step=${step}`, at + 1);
      if (steps[at][3] !== null) {
        clients.add(steps[at][3]);
        if (motion === "reduce") assert.ok(await isInSight(page), `step ${at + 1}, client ${steps[at][3]}`);
        if (steps[at + 1][3] === steps[at][3] && motion === "reduce") {
          const row = "#stage .row.current > :first-child";
          const before = await top(page, row);
          await page.keyboard.press("ArrowRight");
          // By a line at most, if what happened takes one more.
          assert.ok(Math.abs((await top(page, row)) - before) < 60, "what is in sight stays where it is");
          resting += 1;
          continue;
        }
      }
      await page.keyboard.press("ArrowRight");
    }
    // A gentle scroll takes its time.
    await page.waitForFunction(() => {
      const row = document.querySelector("#stage .row.current");
      return !row || row.firstChild.getBoundingClientRect().top >= document.getElementById("now").getBoundingClientRect().bottom;
    });
    assert.ok(motion !== "reduce" || resting >= 4, `${resting} steps at rest`);
    assert.deepEqual(page.said, []);
  });
}

test("whoever reads the code is not taken away from it", async () => {
  const page = await open(large);
  const { steps } = await data(page);
  await page.goto(`file://${large}#step=${steps.findIndex((step) => step[3] === 3) + 1}`);
  await page.evaluate(() => document.getElementById("code").scrollIntoView());
  const before = await top(page, "#code");
  for (let at = 0; at < 6; at++) await page.keyboard.press("ArrowRight");
  assert.ok(Math.abs((await top(page, "#code")) - before) < 2);
});

test("nothing that a peer sent is obeyed", async () => {
  const page = await open(hostile);
  for (let at = 0; at < 8; at++) await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.equal(await page.$("img, iframe, main script"), null);
  assert.match(await picture(page), /<\/script>/);
  assert.deepEqual(page.said, []);
});

test("the attacker stands between the client and the server, and its bytes are marked", async () => {
  const page = await open(attack);
  const { steps } = await data(page);
  const announced = steps.findIndex((step) => step[4] === "forged");
  const sent = steps.findIndex((step, at) => at > announced && step[2] === steps[announced][2] && step[5] === "send");
  assert.ok(announced >= 0 && sent >= 0);
  const lefts = () => page.evaluate(() =>
    ["client", "attacker", "server"].map((who) => document.querySelector(`#stage .program.${who}`).getBoundingClientRect().left));
  for (const [at, marked] of [[announced - 1, false], [sent, true]]) {
    await page.evaluate((at) => { location.hash = `#step=${at + 1}`; }, at);
    await page.waitForFunction((at) => document.getElementById("slider").value === String(at), at);
    const [client, attacker, server] = await lefts();
    assert.ok(client < attacker && attacker < server, `${client} ${attacker} ${server}`);
    assert.equal((await page.$$("#stage .kernel.server .cell.forged")).length > 0, marked);
    assert.equal((await page.$("#dump .forged")) !== null, marked);
  }
  if (pictures) await page.screenshot({ path: `${pictures}/attack-1280.png` });
  await page.close();
  for (const [width, scheme] of [[1280, "dark"], [390, "light"]]) {
    const page = await open(attack, { hash: `#step=${sent + 1}`, width, scheme });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `too wide for ${width}`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    const serious = violations.filter((it) => ["serious", "critical"].includes(it.impact));
    assert.deepEqual(serious.map((it) => `${it.id}: ${it.nodes[0].html} ${it.nodes[0].failureSummary}`), []);
    assert.deepEqual(page.said, []);
    if (pictures) await page.screenshot({ path: `${pictures}/attack-${width}-${scheme}.png`, fullPage: true });
    await page.close();
  }
});

for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [390, "dark"]]) {
  test(`at ${width} pixels, ${scheme}: nothing sticks out, and axe finds nothing serious`, async () => {
    for (const step of [12, 46, 103]) {
      const page = await open(demo, { hash: `#step=${step}`, width, scheme });
      if (step === 46) await page.keyboard.press("p");
      const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(out <= 0, `${out} pixels too wide`);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      const serious = violations.filter((it) => ["serious", "critical"].includes(it.impact));
      assert.deepEqual(serious.map((it) => `${it.id}: ${it.nodes[0].html} ${it.nodes[0].failureSummary}`), []);
      if (pictures) await page.screenshot({ path: `${pictures}/player-${width}-${scheme}-${step}.png` });
      await page.close();
    }
  });
}

// The longest come last in this file, and first here.
const left = tests.reverse();
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  while (left.length) await runOne(left.shift());
}));
await browser.close();
process.exit(failed ? 1 : 0);
