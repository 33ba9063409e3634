// The filter's state is the fragment (#q=gpt&outcome=fail), so that a filtered view has an address of its own; a
// fragment without "=" is the id of a rule or a finding, which is opened and shown, whatever the filter says.
(() => {
  const PRINTED = 1000;
  const form = document.getElementById("_filter");
  const status = document.getElementById("_shown");
  const names = ["q", "outcome", "severity", "disposition", "team", "subscription", "rule", "sort"];
  const data = loadData();
  const list = makeList(data, document.getElementById("_list"), document.getElementById("_more"));

  const read = () => Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));

  const apply = () => {
    if (!data.size) return; // the page says already that there is none
    const wanted = read();
    const active = names.some((name) => name !== "sort" && wanted[name] !== "");
    const found = active ? data.matching(wanted) : data.all();
    list.show(data.sorted(found, wanted.sort), wanted.sort);
    form.classList.toggle("active", active);
    const all = things(data.size, "finding") + " and gaps";
    if (!active) status.textContent = all;
    else status.textContent = found.length ? `${numeral(found.length)} of ${all}` : `None of ${all} matches this filter`;
  };

  const write = () => {
    const wanted = read();
    const fragment = new URLSearchParams(names.filter((name) => wanted[name]).map((name) => [name, wanted[name]])).toString();
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  };

  const fill = (parameters) => {
    for (const name of names) {
      const control = form.elements[name];
      const value = parameters.get(name) ?? "";
      control.value = value;
      if (control.value === value) continue;
      // An address may ask for a team that this report does not have: that is nothing, not everything.
      if (name === "sort") control.value = "";
      else control.append(new Option(value, value, false, true));
    }
    apply();
  };

  const open = (target) => {
    for (let part = target; part; part = part.parentElement?.closest("details")) if (part.tagName === "DETAILS") part.open = true;
    for (const part of target.querySelectorAll("details:not(.folded)")) part.open = true;
    target.scrollIntoView({ block: "start" });
    const focus = target.querySelector("a, summary");
    focus?.focus({ preventScroll: true });
    for (const other of document.querySelectorAll(".linked")) other.classList.remove("linked");
    target.classList.add("linked");
  };

  const reach = (id) => {
    const at = data.find(id);
    if (at >= 0 && !list.reach(at)) {
      fill(new URLSearchParams());
      list.reach(at);
      status.textContent = "The filter was cleared to show the finding of the link.";
    }
    const target = document.getElementById(id);
    if (target) open(target);
  };

  const decoded = (fragment) => {
    try {
      return decodeURIComponent(fragment);
    } catch {
      return fragment; // a link that somebody cut in the middle of an escape leads nowhere
    }
  };

  const follow = () => {
    const fragment = location.hash.slice(1);
    if (fragment.includes("=") || !fragment) fill(new URLSearchParams(fragment));
    else reach(decoded(fragment));
  };

  const changed = () => {
    write();
    apply();
  };

  for (const [name, values] of Object.entries(data.options())) {
    form.elements[name].append(...values.map(([value, label]) => new Option(label, value)));
  }
  let timer = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(changed, 120);
  });
  form.addEventListener("change", (event) => event.target.name !== "q" && changed());
  form.addEventListener("reset", () => setTimeout(changed));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed();
  });
  addEventListener("hashchange", follow);

  // What the overview counts becomes a link to it.
  for (const place of document.querySelectorAll("[data-filter]")) {
    const link = place.tagName === "A" ? place : element("a", {}, ...place.childNodes);
    link.href = `#${place.dataset.filter}`;
    link.addEventListener("click", () => document.getElementById("_findings").scrollIntoView());
    if (link !== place) place.append(link);
  }

  let folded = [];
  addEventListener("beforeprint", () => {
    list.print(PRINTED);
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });

  form.hidden = !data.size;
  (globalThis.requestIdleCallback ?? setTimeout)(() => data.lower()); // before somebody searches
  apply();
  follow();
})();
