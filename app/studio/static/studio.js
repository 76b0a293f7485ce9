// The little that HTML cannot: slider and number are one value, levers that did not move are left out of the
// address, an answer that is of a question before is marked, and Stop closes the stream of events.
"use strict";

document.addEventListener("input", (event) => {
  const moved = event.target;
  if (moved.dataset.for) document.getElementById(moved.dataset.for).value = moved.value;
  else if (moved.dataset.ready !== undefined) {
    const slide = document.querySelector(`[data-for="${CSS.escape(moved.id)}"]`);
    if (slide) slide.value = moved.value.replace(",", ".");
  }
  const stale = document.querySelector("#answer .stale");
  if (stale && moved.closest("#question")) stale.hidden = false;
});

// Another regime to start from brings other levers: ask for the whole page.
document.addEventListener("change", (event) => {
  if (event.target.matches("#question select") && event.target.id.length === 1) {
    const data = new FormData(event.target.form);
    for (const key of [...data.keys()]) if (key.startsWith(`${event.target.id}.`)) data.delete(key);
    window.location.assign(`${event.target.form.action}?${new URLSearchParams(data)}`);
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.matches("[data-stop]")) return;
  const stream = event.target.closest("[sse-connect]");
  if (stream) { htmx.trigger(stream, "htmx:beforeCleanupElement"); stream.removeAttribute("sse-connect"); }
  const status = event.target.closest(".status");
  if (status) status.querySelectorAll("[sse-swap], [data-stop]").forEach((each) => each.remove());
});
