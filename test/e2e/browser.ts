// Opens reports in a real browser: `make e2e-browser`, or with a folder for pictures `ARGS=/tmp/pictures`. A second argument
// is a folder with reports of real runs (JSON), which are checked too. Needs Chromium; on Debian as root it is installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { source as axeSource } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { renderReport } from "../../lib/report/html/page";
import type { Report } from "../../lib/report/model";
import { root } from "../../system/checkout";
import { sampleReports } from "./browser/samples";
import { check, command, type Counts, must, report, runSteps, type Step } from "./harness";

/** Folder of the pages. It is as deep as the folder of reports, so that links to the guides work. */
const openFolder = (): string => {
  const parent = join(root, ".slipway");
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(parent, "browser-"));
};

/** Returns the path of Chromium. */
const findChromium = (): string => {
  const find = (): string | undefined =>
    ["chromium", "chromium-browser", "google-chrome"]
      .map((name) => command("which", [name]).stdout.trim())
      .find((path) => path !== "");
  const chosen = find();
  if (chosen !== undefined) return chosen;
  if (process.getuid?.() === 0) must("apt-get", ["install", "--yes", "--quiet", "chromium"]);
  const installed = find();
  if (installed === undefined) throw new Error("chromium: expected on PATH, got nothing. Install Chromium.");
  return installed;
};

/** Widths of the pictures in pixels: a telephone and a screen. */
const widths = [400, 1400];

/** A page in the browser, with what went wrong in the page. */
interface Opened {
  page: Page;
  faults: string[];
  close: () => Promise<void>;
}

const open = async (browser: Browser, file: string, options: BrowserContextOptions): Promise<Opened> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  const url = pathToFileURL(file).href;
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== url) faults.push(`request: ${request.url()}`);
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, faults, close: () => context.close() };
};

/** Returns why links lead nowhere: sections and files that do not exist, addresses that are not the stack's. */
const brokenLinks = async (page: Page, { urls }: Report, folder: string): Promise<string[]> => {
  const targets = await page.$$eval("a[href]", (links) => links.map((link) => link.getAttribute("href") ?? ""));
  const ids = await page.$$eval("[id]", (elements) => elements.map(({ id }) => id));
  return targets.filter((target) => {
    if (target.startsWith("#")) return !ids.includes(target.slice(1));
    if (/^https?:/.test(target)) return !urls.some(({ url }) => url === target);
    return !existsSync(join(folder, target));
  });
};

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Returns the violations that axe-core finds. */
const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  const result = await page.evaluate<AxeResult>("axe.run(document)");
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
};

/** Returns the elements that the Tab key does not reach, and the elements without a visible focus. */
const unreachable = async (page: Page): Promise<string[]> => {
  const focusable = "a[href],summary,[tabindex]";
  await page.evaluate((selector) => {
    document.querySelectorAll("details").forEach((element) => (element.open = true));
    document.querySelectorAll(selector).forEach((element, index) => element.setAttribute("data-focus", `${index}`));
  }, focusable);
  const wanted = await page.locator(focusable).count();
  const reached = new Set<string>();
  const faint: string[] = [];
  for (let presses = 0; presses <= wanted; presses += 1) {
    await page.keyboard.press("Tab");
    const [focus, outline] = await page.evaluate(() => {
      const element = document.activeElement;
      return [element?.getAttribute("data-focus") ?? "", element ? getComputedStyle(element).outlineStyle : "none"];
    });
    if (focus === "") continue;
    reached.add(focus ?? "");
    if (outline === "none") faint.push(`no visible focus: ${focus}`);
  }
  return [...(reached.size === wanted ? [] : [`${reached.size} of ${wanted} elements are reached`]), ...faint];
};

/** Checks that Enter opens and closes a part of the page, as a click does. */
const toggles = async (page: Page): Promise<boolean> => {
  const details = page.locator("details").first();
  const isOpen = (): Promise<boolean> => details.evaluate((element) => (element as HTMLDetailsElement).open);
  const before = await isOpen();
  await details.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  return (await isOpen()) !== before;
};

const expectNone = (chosen: readonly string[], what: string): void =>
  check(chosen.length === 0, `no ${what}, got:\n${chosen.slice(0, 12).join("\n")}`);

const stepsOf = (
  browser: () => Browser,
  folder: string,
  name: string,
  data: Report,
  pictures: string | undefined,
): Step[] => {
  const file = join(folder, `${name}.html`);
  return [
    {
      name: `${name}: loads without errors and requests, and its links work`,
      run: async () => {
        writeFileSync(file, renderReport(data), { mode: 0o600 });
        const { page, faults, close } = await open(browser(), file, {});
        expectNone(await brokenLinks(page, data, folder), "broken links");
        expectNone(faults, "faults of the page");
        await close();
      },
    },
    ...(["light", "dark"] as const).map((colorScheme) => ({
      name: `${name}: axe-core finds no violation in ${colorScheme} colors`,
      run: async () => {
        const { page, close } = await open(browser(), file, { colorScheme });
        // Closed parts are not checked. The closed parts of many clusters are alike.
        if (name !== "fifty-clusters")
          await page.evaluate(() => document.querySelectorAll("details").forEach((element) => (element.open = true)));
        expectNone(await violations(page), "violations");
        await close();
      },
    })),
    {
      name: `${name}: the keyboard reaches and opens everything`,
      run: async () => {
        const { page, close } = await open(browser(), file, {});
        check(await toggles(page), "that Enter opens or closes a part");
        await page.reload();
        if (name !== "fifty-clusters") expectNone(await unreachable(page), "unreachable elements");
        await close();
      },
    },
    ...widths.map((width) => ({
      name: `${name}: fits ${width} pixels`,
      run: async () => {
        const { page, close } = await open(browser(), file, { viewport: { width, height: 900 } });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        check(wide <= 0, `no overflow, got ${wide} pixels`);
        if (pictures !== undefined) {
          mkdirSync(pictures, { recursive: true });
          await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
        }
        await close();
      },
    })),
  ];
};

const recordedReports = (folder: string | undefined): Record<string, Report> =>
  Object.fromEntries(
    (folder === undefined ? [] : readdirSync(folder))
      .filter((name) => name.endsWith(".json"))
      .map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder ?? "", name), "utf8")) as Report]),
  );

const run = async (): Promise<Counts> => {
  const [pictures, recorded] = process.argv.slice(2);
  const folder = openFolder();
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
    const opened = browser;
    const all = { ...sampleReports(), ...recordedReports(recorded) };
    const steps = Object.entries(all).flatMap(([name, data]) => stepsOf(() => opened, folder, name, data, pictures));
    return await runSteps(
      steps.map((step) => ({ ...step, always: true })),
      () => undefined,
    );
  } finally {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

void report(run);
