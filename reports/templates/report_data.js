"use strict";
// The findings as columns of numbers, and the questions the list asks of them. html_data.py writes the data.
const loadData = () => {
  const raw = JSON.parse(document.getElementById("_data").textContent);
  const { texts, rules, resources, items } = raw;
  const size = items.length;
  const NONE = 255;
  const columns = Object.fromEntries(
    ["part", "outcome", "disposition", "severity"].map((name) => [name, new Uint8Array(size).fill(NONE)]),
  );
  const rule = new Int32Array(size).fill(-1);
  const resource = new Int32Array(size).fill(-1);
  const gap = raw.outcomes.indexOf("gap");
  // The sections of the page: what waits for somebody, what could not be read, what was answered for, passes.
  const parts = ["failures", "errors", "unknowns", "gaps", "exempted", "baselined", "passes"];
  const partOf = (outcome, disposition) => {
    if (raw.outcomes[outcome] === "pass") return 6;
    if (raw.dispositions[disposition] !== "new") return raw.dispositions[disposition] === "exempted" ? 4 : 5;
    return { fail: 0, error: 1, unknown: 2 }[raw.outcomes[outcome]];
  };
  items.forEach((item, at) => {
    if (item[0] < 0) {
      columns.outcome[at] = gap;
      columns.part[at] = 3;
      return;
    }
    const outcome = Math.floor(item[0] / 100);
    const disposition = Math.floor(item[0] / 10) % 10;
    columns.outcome[at] = outcome;
    columns.disposition[at] = disposition;
    columns.severity[at] = item[0] % 10;
    columns.part[at] = partOf(outcome, disposition);
    rule[at] = item[1];
    resource[at] = item[2];
  });
  const SUBSCRIPTION = 4;
  const TEAM = 5;
  const NAME = 2;
  // Subscriptions are told apart by id and shown by label; both are numbers of texts. An address has the id.
  const labels = new Map(raw.subscriptions);
  const label = (subscription) => texts[labels.get(subscription) ?? subscription];
  const subscriptions = new Map(resources.map(({ [SUBSCRIPTION]: id }) => [texts[id] || label(id), id]));
  const column = (at, place) => (resource[at] < 0 ? -2 : resources[resource[at]][place]);

  const evidenceOf = (item) => item[5].map(([path, actual, expected]) => ({
    path: texts[path],
    actual: actual < 0 ? null : texts[actual],
    expected: texts[expected],
  }));

  // One finding or gap as an object: made for what is drawn only.
  const get = (at) => {
    const item = items[at];
    if (item[0] < 0) {
      const [reason, what, scope, detail] = item.slice(1).map((text) => texts[text]);
      return { isGap: true, outcome: "gap", reason, what, scope, detail };
    }
    const [id, title, policy, phase, maturity, remediation] = rules[item[1]].slice(0, 6).map((text) => texts[text]);
    const row = resources[item[2]];
    const words = row.slice(0, 10).map((text) => texts[text]);
    const waiver = item[6] >= 0 ? raw.waivers[item[6]].map((text) => texts[text]) : null;
    return {
      isGap: false,
      outcome: raw.outcomes[columns.outcome[at]],
      disposition: raw.dispositions[columns.disposition[at]],
      severity: raw.severities[columns.severity[at]],
      rule: { id, title, policy, phase, maturity, remediation, references: rules[item[1]][6].map((text) => texts[text]) },
      fingerprint: item[3],
      message: item.length > 4 ? texts[item[4]] : "",
      evidence: item.length > 5 ? evidenceOf(item) : [],
      waiver: waiver && { reason: waiver[0], owner: waiver[1], expires: waiver[2], scope: waiver[3] },
      age: item[7] ? { since: texts[item[7][0]], runs: item[7][1], reopened: item[7][2], change: item[7][3] } : null,
      resource: {
        id: words[0], type: words[1], name: words[2], group: words[3], subscription: words[4], home: label(row[SUBSCRIPTION]),
        team: words[5], location: words[6], file: words[7], pointer: words[8], address: words[9], line: row[10],
        tags: raw.tags[row[11]].map(([name, value, inherited]) => [texts[name], texts[value], inherited === 1]),
      },
    };
  };

  // A word is looked up in every text once; then a finding asks only whether a text it holds was hit.
  let lowered = null;
  const lower = () => { lowered ??= texts.map((text) => text.toLowerCase()); };
  const flags = (list, test) => {
    const found = new Uint8Array(list.length);
    for (let at = 0; at < list.length; at += 1) if (test(list[at])) found[at] = 1;
    return found;
  };
  const hitsOf = (word) => {
    lower();
    const text = flags(lowered, (one) => one.includes(word));
    const some = (row, from, to) => {
      for (let at = from; at < to; at += 1) if (text[row[at]]) return true;
      return false;
    };
    const tags = flags(raw.tags, (row) => row.some((tag) => some(tag, 0, 2)));
    const inRule = flags(rules, (row) => some(row, 0, 5));
    const inResource = flags(resources, (row) => some(row, 0, 10) || tags[row[11]] || text[labels.get(row[SUBSCRIPTION])]);
    const inWaiver = flags(raw.waivers, (row) => some(row, 0, 4));
    return (at) => {
      const item = items[at];
      if (item[0] < 0) return some(item, 1, 5);
      if (inRule[item[1]] || inResource[item[2]] || item[3].startsWith(word)) return true;
      // A value that is not set has the number -1, which no text has.
      return item.length > 4 && (text[item[4]] || item[5].some((row) => some(row, 0, 3)) || inWaiver[item[6]] === 1);
    };
  };

  // Give the numbers of the matching items in the data's own order: worst first.
  const matching = (wanted) => {
    const number = (list, name) => (wanted[name] ? list.indexOf(wanted[name]) : null);
    const outcome = number(raw.outcomes, "outcome");
    const severity = number(raw.severities, "severity");
    const disposition = number(raw.dispositions, "disposition");
    const text = (name) => (wanted[name] ? texts.indexOf(wanted[name]) : null);
    const team = text("team");
    const subscription = wanted.subscription ? subscriptions.get(wanted.subscription) : null;
    const ofRule = wanted.rule ? rules.findIndex((row) => texts[row[0]] === wanted.rule) : null;
    const tests = wanted.q.toLowerCase().split(/\s+/).filter(Boolean).map(hitsOf);
    const found = [];
    for (let at = 0; at < size; at += 1) {
      if (outcome !== null && columns.outcome[at] !== outcome) continue;
      if (severity !== null && columns.severity[at] !== severity) continue;
      if (disposition !== null && columns.disposition[at] !== disposition) continue;
      if (ofRule !== null && (ofRule < 0 || rule[at] !== ofRule)) continue;
      if (team !== null && column(at, TEAM) !== team) continue;
      if (subscription !== null && column(at, SUBSCRIPTION) !== subscription) continue;
      if (tests.every((test) => test(at))) found.push(at);
    }
    return found;
  };

  // Alike texts get the same rank, and none at all the last.
  const rank = (list) => {
    const places = new Map([...new Set(list)].sort().map((text, place) => [text, place]));
    places.set("", places.size);
    return list.map((text) => places.get(text));
  };
  const byResource = (place, name = (text) => texts[text]) => {
    const ranks = rank(resources.map((row) => name(row[place]).toLowerCase()));
    return (at) => (resource[at] < 0 ? size : ranks[resource[at]]);
  };
  const makeKey = {
    rule: () => {
      const ranks = rank(rules.map((row) => texts[row[0]].toLowerCase()));
      return (at) => (rule[at] < 0 ? size : ranks[rule[at]]);
    },
    resource: () => byResource(NAME),
    team: () => byResource(TEAM),
    subscription: () => byResource(SUBSCRIPTION, (id) => texts[id] && `${label(id)}\n${texts[id]}`),
    age: () => {
      const ranks = rank(items.map((item) => (item[7] ? texts[item[7][0]] : "")));
      return (at) => ranks[at];
    },
  };
  const keys = {};
  // Within one key the worst stays first. Numbers that hold key and place sort a good deal faster than by a function.
  const sorted = (found, sort) => {
    if (!sort) return found;
    const key = (keys[sort] ??= makeKey[sort]());
    const packed = Float64Array.from(found, (at) => key(at) * size + at).sort();
    return Array.from(packed, (one) => one % size);
  };

  const names = (place) => {
    const seen = new Set(resources.map((row) => texts[row[place]]));
    return [...seen].filter(Boolean).sort((one, other) => one.localeCompare(other));
  };
  // Values of the filters, each with what is shown for it.
  const options = () => ({
    team: names(TEAM).map((name) => [name, name]),
    subscription: [...subscriptions].map(([value, id]) => [value, label(id)]).sort((one, other) => one[1].localeCompare(other[1])),
    rule: rules.map((row) => texts[row[0]]).sort().map((id) => [id, id]),
  });
  const places = { resource: NAME, team: TEAM, subscription: SUBSCRIPTION };

  return {
    size, get, matching, sorted, options, lower,
    asOf: raw.asOf,
    waiting: items.filter((item) => item[0] >= 0).length - columns.part.filter((part) => part === 6).length,
    all: () => [...items.keys()],
    part: (at) => parts[columns.part[at]],
    ruleOf: (at) => rule[at],
    nameOf: (at, sort) => (resource[at] < 0 ? null : texts[resources[resource[at]][places[sort]]]),
    find: (fingerprint) => items.findIndex((item) => item[3] === fingerprint && item[0] >= 0),
  };
};
