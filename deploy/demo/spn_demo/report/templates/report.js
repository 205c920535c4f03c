"use strict";
// Shows one person's journey, mails and documents. Without it the page shows everything.
(() => {
  const select = document.getElementById("whose");
  const told = document.getElementById("shown");
  const everyone = document.getElementById("everyone");
  const rows = [...document.querySelectorAll("[data-people]")];
  const days = [...document.querySelectorAll(".day")];
  document.documentElement.classList.add("js");

  const concerns = (row, who) => (who ? row.dataset.people.split(" ").includes(who) : !row.hasAttribute("data-own"));

  function show(who) {
    const counts = { line: 0, mail: 0, document: 0 };
    for (const row of rows) {
      row.hidden = !concerns(row, who);
      if (!row.hidden) counts[row.dataset.kind] += 1;
    }
    for (const day of days) day.hidden = !day.querySelector(".row:not([hidden])");
    select.value = who;
    everyone.hidden = !who;
    const said = (count, one, many) => `${count} ${count === 1 ? one : many}`;
    told.value = [said(counts.line, "line", "lines"), said(counts.mail, "mail", "mails"),
      said(counts.document, "document", "documents")].join(", ");
  }

  const asked = () => new URLSearchParams(location.hash.slice(1)).get("whose") || "";
  const known = (who) => [...select.options].some((option) => option.value === who);
  function follow() {
    const who = asked();
    if (!who && !location.hash) show("");
    if (who && known(who)) {
      show(who);
      document.getElementById("journey").scrollIntoView();
    }
  }
  select.addEventListener("change", () => {
    history.replaceState(null, "", select.value ? `#whose=${select.value}` : location.pathname + location.search);
    show(select.value);
  });
  const behind = document.getElementById("behind");
  behind.addEventListener("change", () => document.documentElement.classList.toggle("showing", behind.checked));
  everyone.addEventListener("click", () => {
    history.replaceState(null, "", location.pathname + location.search);
    show("");
    select.focus();
  });
  window.addEventListener("hashchange", follow);
  show("");
  follow();
})();
