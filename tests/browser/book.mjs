// The book in a real browser: node book.mjs BOOK [FOLDER for pictures]. Prints one line for each page, and exits with 1 if one fails.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [book, pictures] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const files = [join(book, "index.html"), ...["en", "zh"].flatMap((lang) =>
  readdirSync(join(book, lang)).filter((name) => name.endsWith(".html")).sort().map((name) => join(book, lang, name)))];
let failed = 0;

/** The anchors of a page, and where its links lead. */
const anchors = (file) => new Set([...readFileSync(file, "utf8").matchAll(/ id="([^"]*)"/g)].map((match) => match[1]));

/** Opens a window that tells what its pages say and ask for. */
async function open(width, scheme) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: "reduce" });
  page.wrong = [];
  page.on("console", (message) => page.wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => page.wrong.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) page.wrong.push(`request: ${request.url()}`);
  });
  page.on("requestfailed", (request) => page.wrong.push(`not there: ${request.url()}`));
  return page;
}

/** What is wrong with a file in this window. */
async function look(page, file) {
  page.wrong = [];
  const wrong = page.wrong;
  await page.goto(`file://${file}`);
  const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (out > 0) wrong.push(`${out} pixels too wide`);
  const blank = await page.$$eval("img", (all) => all.filter((it) => !it.naturalWidth).map((it) => it.src));
  wrong.push(...blank.map((src) => `no picture: ${src}`));
  for (const href of await page.$$eval("a[href], iframe[src]", (all) => all.map((it) => it.href ?? it.src))) {
    if (!href.startsWith("file:")) continue;
    const url = new URL(href);
    const target = fileURLToPath(`file://${url.pathname}`);
    if (!existsSync(target)) wrong.push(`link: ${relative(book, target)} is not there`);
    else if (url.hash && !anchors(target).has(decodeURIComponent(url.hash.slice(1)))) wrong.push(`link: ${relative(book, target)} has no ${url.hash}`);
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false }));
  const serious = violations.filter((it) => ["serious", "critical"].includes(it.impact));
  wrong.push(...serious.map((it) => `axe: ${it.id}: ${it.nodes[0].html} ${it.nodes[0].failureSummary}`));
  return wrong;
}

const found = new Map(files.map((file) => [file, []]));
for (const [width, scheme] of [[1280, "light"], [390, "dark"], [1280, "dark"], [390, "light"]]) {
  const page = await open(width, scheme);
  for (const file of files) {
    // What a width breaks and what a colour breaks is seen in two looks at each page; one that has everything is looked at four times.
    if (!file.includes("nonblock.") && (width === 1280) === (scheme === "dark")) continue;
    for (const what of await look(page, file)) found.get(file).push(`at ${width} pixels, ${scheme}: ${what}`);
    const name = `book-${relative(book, file).replace(/[/]/g, "-")}-${width}-${scheme}.png`;
    if (pictures && /nonblock|auth/.test(file)) await page.screenshot({ path: join(pictures, name) });
  }
  await page.close();
}
for (const [file, wrong] of found) {
  failed += wrong.length ? 1 : 0;
  console.log(`${wrong.length ? "FAILED" : "ok"} ${relative(book, file)}\n${wrong.map((line) => `   ${line}\n`).join("")}`.trimEnd());
}

// The switch leads to the same place in the other language, and a run can be stepped through on the page.
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(`file://${join(book, "en", "nonblock.html")}#purpose`);
await page.click("a.language");
await page.waitForURL(/zh\/nonblock\.html#purpose$/);
const run = await page.$(".run details");
if (run) {
  await run.$eval("summary", (summary) => summary.click());
  const frame = await (await page.waitForSelector(".run iframe")).contentFrame();
  await frame.waitForSelector("#next");
  // By the page itself: a frame that is out of sight is not drawn, and a click with the mouse would wait for that.
  await frame.$eval("#next", (next) => next.click());
  await frame.waitForFunction(() => location.hash === "#step=2", null, { polling: 100 });
  console.log("ok a run plays on its page");
} else {
  failed += 1;
  console.log("FAILED nonblock.html shows no run");
}
await browser.close();
process.exit(failed ? 1 : 0);
