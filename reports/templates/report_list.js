// The list: a window of the matching items, which grows when asked to. Sorting and grouping are one thing: what one
// sorts by stands in the headings.
const makeList = (data, list, more) => {
  const FIRST = 50; // as many as a screen or two holds: the page is there at once
  const STEP = 200;
  const titles = {
    failures: ["New failures", ""],
    errors: ["Errors", "These rules crashed, so nothing is known about these resources. An error is never a pass."],
    unknowns: ["Unknown", "These could not be decided: a fact is missing, or is known only after deployment. Unknown is never a pass."],
    gaps: ["Gaps", "These could not be read, so nothing is known about what they hold."],
    exempted: ["Exempted", "Somebody took responsibility for these until a date."],
    baselined: ["Baselined", "These were there before the baseline was written; only new ones fail the gate."],
    passes: ["Passes", ""],
  };
  const few = data.waiting <= 20;
  let found = [];
  let sort = "";
  let sizes = new Map(); // how many match under each heading, however few are drawn
  let start = 0;
  let end = 0;
  let tail = null; // the headings and the list that were drawn last: the next item may go there

  const keysOf = (at) => {
    if (sort === "") return [data.part(at), data.ruleOf(at)];
    if (sort === "age") return ["", ""];
    return [sort === "rule" ? data.ruleOf(at) : data.nameOf(at, sort), ""];
  };

  const count = () => {
    sizes = new Map();
    for (const at of found) {
      const [outer, inner] = keysOf(at);
      const part = sizes.get(outer) ?? sizes.set(outer, { size: 0, groups: new Map() }).get(outer);
      part.size += 1;
      part.groups.set(inner, (part.groups.get(inner) ?? 0) + 1);
    }
  };

  const openPart = (outer, finding) => {
    const section = element("section", { class: "part" });
    const size = element("span", { class: "count" }, numeral(sizes.get(outer).size));
    if (sort === "") {
      const [title, explanation] = titles[outer];
      section.append(element("h3", {}, title, " ", size));
      if (explanation) section.append(element("p", { class: "explanation" }, explanation));
    } else if (sort !== "age") {
      const name = { rule: finding.rule?.title, subscription: finding.resource?.home }[sort] ?? outer;
      section.append(element("h3", {}, bdi(name || (finding.isGap ? "Gaps" : "Passes, whose tags a saved result leaves out")), " ", size));
    }
    list.append(section);
    tail = { outer, section, inner: null, items: null, usual: null };
  };

  const openGroup = (inner, finding) => {
    const items = element("ul", { class: "list" });
    Object.assign(tail, { inner, items });
    if (sort !== "" || finding.isGap) {
      items.classList.add("card");
      tail.section.append(items);
      return;
    }
    tail.usual = finding.severity;
    const { rule, severity, outcome } = finding;
    const advice = document.getElementById(rule.id)?.querySelector(".advice");
    const size = things(sizes.get(tail.outer).groups.get(inner), "finding");
    tail.section.append(element("article", { class: `rule ${severity}` },
      element("header", {}, badge(severity), element("h4", {}, rule.title),
        element("p", { class: "meta" }, element("span", {}, element("a", { href: `#${rule.id}` }, rule.id)), element("span", {}, size))),
      outcome === "pass" || !advice ? null : element("details", { class: "folded", open: few ? "" : null },
        element("summary", {}, "Why it matters, what to do"), advice.cloneNode(true)),
      items));
  };

  const put = (at) => {
    const finding = data.get(at);
    const [outer, inner] = keysOf(at);
    if (tail?.outer !== outer) openPart(outer, finding);
    if (!tail.items || tail.inner !== inner) openGroup(inner, finding);
    const level = { "": 5, age: 3 }[sort] ?? 4;
    const item = finding.isGap
      ? gapItem(finding, sort === "age" ? 3 : 4)
      : findingItem(finding, { level, usual: tail.usual, ruled: sort === "", open: few, asOf: data.asOf });
    tail.items.append(item);
    return item;
  };

  // Draw up to the item `to`, and give the first that was added.
  const extend = (to) => {
    let first = null;
    for (; end < Math.min(to, found.length); end += 1) {
      const item = put(found[end]);
      first ??= item;
    }
    const rest = found.length - end;
    more.hidden = end - start === found.length;
    more.firstElementChild.hidden = rest === 0;
    more.firstElementChild.textContent = `Show ${numeral(Math.min(STEP, rest))} more`;
    more.lastElementChild.textContent = `Here are ${numeral(end - start)} of ${numeral(found.length)}.`;
    return first;
  };

  const draw = (from) => {
    list.replaceChildren();
    tail = null;
    start = from;
    end = from;
    if (start > 0) {
      const button = element("button", { type: "button" }, `Show ${numeral(Math.min(STEP, start))} earlier`);
      button.addEventListener("click", () => {
        const to = end;
        draw(Math.max(0, start - STEP));
        extend(to);
        list.querySelector(".finding a, .finding")?.focus();
      });
      list.append(element("p", { class: "earlier" }, button));
    }
    extend(from + FIRST);
  };

  more.firstElementChild.addEventListener("click", () => {
    // Who reads on by keyboard goes on where the new ones begin.
    extend(end + STEP)?.querySelector("a")?.focus();
  });

  return {
    show(items, by) {
      found = items;
      sort = by;
      count();
      draw(0);
    },
    // Draw the part of the list that holds an item; false where the filter leaves it out.
    reach(at) {
      const place = found.indexOf(at);
      if (place < 0) return false;
      if (place < start || place >= end) draw(place < FIRST ? 0 : place);
      return true;
    },
    // Paper has no button: as many as anybody prints, or what is drawn already.
    print: (most) => extend(Math.max(end, start + most)),
  };
};
