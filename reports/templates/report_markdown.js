// One finding as Markdown, for a ticket or a chat. Text from Azure stays text: nothing in it becomes markup.
const asMarkdown = (finding) => {
  // GitHub makes links of @name, #12 and GH-12 after it has read Markdown, so that no backslash holds it back.
  const plain = (text) => text.replace(/\s+/g, " ").trim()
    .replace(/[\\`*_[\]<>|~!&$]|#(?!\w)|:(?=\/\/)|(?<=www)\.|(?<=^\d{0,9})[+\-=.)]/gi, "\\$&")
    .replace(/[@#](?=\w)|GH(?=-\d)/gi, "<span>$&</span>");
  // A fence of code is longer than any run of backticks inside.
  const code = (text) => {
    const line = text.replace(/\s+/g, " ").trim();
    if (!line) return "";
    const fence = "`".repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length)));
    const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
    return `${fence}${pad}${line}${pad}${fence}`;
  };
  const cell = (text) => code(text).replace(/\|/g, "\\|");
  const { resource, rule } = finding;
  const lines = [`### ${finding.severity.toUpperCase()}: ${plain(rule.title)}`, ""];
  if (finding.message) lines.push(plain(finding.message), "");
  const item = (name, value) => value && lines.push(`- ${name}: ${value}`);
  item("Resource", code(resource.id));
  item("Where", [resource.file && code(resource.line ? `${resource.file}:${resource.line}` : resource.file), code(resource.address)].filter(Boolean).join(", "));
  item("Rule", `${code(rule.id)} (policy ${plain(rule.policy)})`);
  item("Outcome", `${finding.outcome}, ${finding.disposition}`);
  item("Team", resource.team && plain(resource.team));
  if (finding.age) item("Failing since", plain(finding.age.since));
  if (finding.waiver) item("Exempted", `until ${plain(finding.waiver.expires)} by ${plain(finding.waiver.owner)}: ${plain(finding.waiver.reason)}`);
  item("Fingerprint", code(finding.fingerprint));
  if (finding.evidence.length) {
    lines.push("", "| Looked at | Is | Expected |", "|---|---|---|");
    for (const { path, actual, expected } of finding.evidence) {
      lines.push(`| ${cell(path)} | ${actual === null ? "not set" : cell(actual)} | ${plain(expected)} |`);
    }
  }
  if (finding.outcome !== "pass" && rule.remediation.trim()) lines.push("", "**What to do**", "", rule.remediation.trim());
  return `${lines.join("\n")}\n`;
};
