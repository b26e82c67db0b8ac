// A document's page: brings the row that the address names into view, also when its id has characters that browsers escape.
const mark = () => {
  for (const old of document.querySelectorAll(".row[aria-current]")) old.removeAttribute("aria-current");
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!row?.classList.contains("row")) return;
  row.setAttribute("aria-current", "true");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", mark);
mark();
