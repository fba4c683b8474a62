// A picture of the player for the README: node picture.mjs DEMO.html PICTURE.png
import { resolve } from "node:path";
import { chromium } from "playwright-core";

const [page, picture] = process.argv.slice(2).map((path) => resolve(path));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const tab = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: "light", reducedMotion: "reduce" });
await tab.goto(`file://${page}`);
// The first bytes that lie in the server's receive buffer while its loop spins.
const step = await tab.evaluate(() => {
  const { steps } = JSON.parse(document.getElementById("data").textContent);
  return steps.findIndex((it) => it[5] === "send" && it[4] === "call") + 1;
});
await tab.evaluate((at) => { location.hash = `#step=${at}`; }, step);
await tab.waitForFunction((at) => document.getElementById("step-number").textContent.includes(` ${at} `), step);
await tab.screenshot({ path: picture });
await browser.close();
