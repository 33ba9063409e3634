// Findings as elements. The page holds the same without its script (report_parts.html.j2); a test compares the two.
const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
};
const bdi = (text) => element("bdi", {}, text);
const code = (text) => element("code", {}, text);
const badge = (word, kind = word) => element("span", { class: `badge ${kind}` }, word);
const numeral = (count) => count.toLocaleString("en");
const things = (count, word) => `${numeral(count)} ${word}${count === 1 ? "" : "s"}`;

// `Backticks` make code; one without a partner is text.
const inline = (text) => {
  const parts = text.split("`");
  if (parts.length % 2 === 0) parts.splice(-2, 2, parts.slice(-2).join("`"));
  return parts.map((part, at) => (at % 2 && part ? code(part) : part));
};

const ageWords = (age, asOf) => {
  const since = new Date(age.since);
  const passed = Math.max(0, Math.floor((new Date(asOf) - since) / 86400000));
  const day = Number.isNaN(since.valueOf()) ? age.since : since.toISOString().slice(0, 10);
  const words = ["failing since " + day + (Number.isNaN(passed) ? "" : ` (${things(passed, "day")})`), "new in this run", "back since this run"];
  return words[age.change] + (age.reopened ? `, reopened ${things(age.reopened, "time")}` : "");
};

const metaOf = (finding, asOf) => {
  const { resource } = finding;
  const span = (...children) => element("span", {}, ...children);
  return element("p", { class: "meta" },
    finding.outcome !== "pass" && finding.disposition !== "new" ? span(finding.outcome) : null,
    span(resource.type),
    resource.group ? span("group ", bdi(resource.group)) : null,
    resource.subscription ? element("span", { title: resource.home === resource.subscription ? null : resource.subscription },
      "subscription ", bdi(resource.home)) : null,
    resource.team ? span(bdi(resource.team)) : null,
    finding.age ? span(ageWords(finding.age, asOf)) : null,
  );
};

const answerOf = ({ waiver, disposition }) => {
  if (waiver) {
    return element("p", { class: "answer" }, "Exempted until ", element("b", {}, waiver.expires), " by ", bdi(waiver.owner), ": ",
      bdi(waiver.reason), " ", element("span", { class: "scope" }, "Scope: ", code(waiver.scope)));
  }
  if (disposition !== "baselined") return null;
  return element("p", { class: "answer" }, "In the baseline: it was known and accepted when the baseline was written.");
};

const evidenceOf = (evidence) => {
  if (!evidence.length) return null;
  const head = ["Looked at", "Is", "Expected"].map((title) => element("th", { scope: "col" }, title));
  const rows = evidence.map(({ path, actual, expected }) => element("tr", {},
    element("td", {}, code(path)),
    element("td", {}, actual === null ? element("i", {}, "not set") : code(actual)),
    element("td", {}, expected)));
  return element("table", { class: "evidence" }, element("thead", {}, element("tr", {}, head)), element("tbody", {}, rows));
};

const factsOf = ({ resource }) => {
  const tag = ([name, value, inherited]) => element("span", { class: inherited ? "tag inherited" : "tag" },
    bdi(name), ": ", bdi(value), inherited ? " " : null, inherited ? element("i", {}, "(inherited)") : null);
  const row = (title, ...value) => [element("dt", {}, title), element("dd", {}, ...value)];
  return element("dl", {},
    row("Resource id", code(resource.id)),
    resource.location ? row("Location", resource.location) : null,
    resource.pointer ? row("Place", code(resource.pointer)) : null,
    resource.tags.length ? row("Tags", resource.tags.map(tag)) : null);
};

const copyButton = (finding) => {
  const button = element("button", { type: "button", class: "copy", "aria-label": `Copy as Markdown: ${finding.resource.name}` }, "Copy as Markdown");
  button.addEventListener("click", async () => {
    const text = asMarkdown(finding);
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that was opened as a file, or in a frame, may not be allowed to; the old way still is.
      const area = element("textarea", { class: "unseen", "aria-hidden": "true" });
      area.value = text;
      button.after(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Cannot copy here";
    setTimeout(() => { button.textContent = "Copy as Markdown"; }, 2000);
  });
  return button;
};

// `usual` is the severity that the group's heading already says, `ruled` whether it says the rule too.
const findingItem = (finding, { level, usual, ruled, open, asOf }) => {
  const { fingerprint, resource, rule } = finding;
  const title = element(`h${level}`, { class: "title" },
    finding.severity === usual ? null : badge(finding.severity), finding.severity === usual ? null : " ",
    element("a", { href: `#${fingerprint}` }, bdi(resource.name)));
  const passed = finding.outcome === "pass";
  const labels = ruled ? null : element("p", { class: "ruled" }, rule.title, " ", element("a", { href: `#${rule.id}` }, rule.id),
    finding.outcome !== "fail" ? [" ", badge(finding.outcome, "info")] : null,
    finding.disposition !== "new" ? [" ", badge(finding.disposition, "info")] : null);
  const item = element("li", { class: passed ? "finding passed" : "finding", id: fingerprint }, title, labels, metaOf(finding, asOf));
  if (passed) return item;
  const origin = [
    resource.file ? code(resource.line ? `${resource.file}:${resource.line}` : resource.file) : null,
    resource.address ? code(resource.address) : null,
  ].filter(Boolean);
  item.append(element("p", { class: "message", dir: "auto" }, inline(finding.message)));
  if (origin.length) item.append(element("p", { class: "origin" }, origin));
  const answer = answerOf(finding);
  if (answer) item.append(answer);
  item.append(element("details", { open: open ? "" : null },
    element("summary", {}, finding.evidence.length ? "Evidence, resource id, tags" : "Resource id, tags"),
    evidenceOf(finding.evidence), factsOf(finding)));
  item.append(copyButton(finding));
  return item;
};

const gapItem = (gap, level) => element("li", { class: "finding gap" },
  element(`h${level}`, { class: "title" }, badge(gap.reason, "info"), " ", bdi(gap.what)),
  gap.detail ? element("p", { class: "message", dir: "auto" }, inline(gap.detail)) : null,
  element("p", { class: "origin" }, code(gap.scope)));
