// Sheets for paper: node print.mjs FOLDER makes FOLDER/LANG/NAME.pdf of each NAME.html, and says how many pages each has.
// A lesson's sheet is set smaller until it fits on two pages; one that does not fit is an error.
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const pages = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g).length;
let failed = false;

for (const lang of ["en", "zh"]) {
  for (const file of readdirSync(join(folder, lang)).filter((name) => name.endsWith(".html")).sort()) {
    const page = await browser.newPage();
    await page.goto(`file://${join(folder, lang, file)}`);
    const kind = await page.evaluate(() => document.body.className);
    const contracts = await page.evaluate(() => document.querySelectorAll(".contract").length);
    const most = { lesson: 2, contracts }[kind] ?? Infinity;
    const path = join(folder, lang, file.replace(/html$/, "pdf"));
    let size = await page.evaluate(() => parseFloat(getComputedStyle(document.body).getPropertyValue("--size")));
    let count = pages(await page.pdf({ path, preferCSSPageSize: true }));
    while (count > most && size > 6.5) {
      size -= 0.25;
      await page.evaluate((size) => document.body.style.setProperty("--size", `${size}pt`), size);
      count = pages(await page.pdf({ path, preferCSSPageSize: true }));
    }
    failed ||= count > most;
    console.log(`${count > most ? "TOO LONG " : ""}${path}: ${count} page${count === 1 ? "" : "s"}, ${size} pt`);
    await page.close();
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
