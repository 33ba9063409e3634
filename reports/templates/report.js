"use strict";
// The filter's state is the fragment (#q=gpt&outcome=fail), so that a filtered view has an address of its own.
(() => {
  const form = document.getElementById("filter");
  const status = document.getElementById("shown");
  const names = ["q", "outcome", "severity", "owner", "disposition"];
  const items = [...document.querySelectorAll("[data-outcome]")].map((element) => ({
    element,
    group: element.closest(".rule"),
    text: null,
  }));
  const groups = [...document.querySelectorAll(".rule")];
  const sections = [...document.querySelectorAll("section.findings")];
  const passes = document.querySelector("details.passes");
  const number = (count) => count.toLocaleString("en");

  // What a search looks through is gathered at the first search: most visits never search.
  const textOf = (item) => {
    if (item.text === null) {
      const heading = item.group ? item.group.querySelector("header, th").textContent : "";
      item.text = `${heading} ${item.element.textContent}`.toLowerCase();
    }
    return item.text;
  };

  const matches = (item, words, wanted) => {
    const data = item.element.dataset;
    return (
      (!wanted.outcome || data.outcome === wanted.outcome) &&
      (!wanted.severity || data.severity === wanted.severity) &&
      (!wanted.owner || data.owner === wanted.owner) &&
      (!wanted.disposition || data.disposition === wanted.disposition) &&
      words.every((word) => textOf(item).includes(word))
    );
  };

  const read = () => Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));

  const apply = () => {
    const wanted = read();
    const active = names.some((name) => wanted[name]);
    const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      const match = !active || matches(item, words, wanted);
      item.element.hidden = !match;
      count += match ? 1 : 0;
    }
    for (const part of [...groups, ...sections]) {
      part.hidden = active && !part.querySelector("[data-outcome]:not([hidden])");
    }
    if (passes && active) passes.open = wanted.outcome === "pass";
    form.classList.toggle("active", active);
    status.textContent = active
      ? count
        ? `Showing ${number(count)} of ${number(items.length)} findings and gaps`
        : `None of ${number(items.length)} findings and gaps matches this filter`
      : "";
  };

  const toAddress = () => {
    const wanted = read();
    const parameters = new URLSearchParams(names.filter((name) => wanted[name]).map((name) => [name, wanted[name]]));
    const fragment = parameters.toString();
    history.replaceState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  };

  const fromAddress = () => {
    const fragment = location.hash.slice(1);
    // A fragment without "=" is the id of a section: a place to go to, not a filter.
    if (fragment && !fragment.includes("=")) return;
    const parameters = new URLSearchParams(fragment);
    for (const name of names) {
      const control = form.elements[name];
      const value = parameters.get(name) ?? "";
      control.value = value;
      // An address may ask for an owner that this report does not have: that is nothing, not everything.
      if (control.value !== value) control.append(new Option(value, value, false, true));
    }
    apply();
  };

  const fromForm = () => {
    toAddress();
    apply();
  };

  let timer = 0;
  form.elements.q.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(fromForm, 120);
  });
  form.addEventListener("change", fromForm);
  form.addEventListener("reset", () => setTimeout(fromForm));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fromForm();
  });
  addEventListener("hashchange", fromAddress);

  // Rows of the overview become links to what they count.
  for (const row of document.querySelectorAll("[data-filter]")) {
    const parameters = new URLSearchParams(row.dataset.filter);
    if (row.dataset.filterOwner !== undefined) parameters.set("owner", row.dataset.filterOwner);
    const link = document.createElement("a");
    link.href = `#${parameters}`;
    link.append(...row.childNodes);
    link.addEventListener("click", () => form.scrollIntoView());
    row.append(link);
  }

  // Paper cannot be opened by a click.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });

  form.hidden = false;
  fromAddress();
})();
