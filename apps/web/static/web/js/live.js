// A page that watches something (`data-watch`) draws itself anew when that changes: it reads its own address again
// and takes over the sections that differ. What was unfolded stays so; what has the focus is not touched.
const main = document.querySelector("main[data-watch]");
const RETRY_MS = 5000;
let pulse = main.dataset.pulse;
let reading = false;
let stream;

const parts = (from) =>
  new Map(
    [...from.querySelectorAll("header.hero, section[aria-labelledby]")].map((part) => [
      part.getAttribute("aria-labelledby") ?? "hero",
      part,
    ]),
  );

const keepUnfolded = (before, after) => {
  const folds = [...after.querySelectorAll("details")];
  [...before.querySelectorAll("details")].forEach((fold, place) => {
    if (folds[place]) folds[place].open = fold.open;
  });
};

// Under somebody who reads further down nothing is moved (`data-patient`): he is told that there is something new.
const isRead = (part) => part.hasAttribute("data-patient") && part.getBoundingClientRect().top < -innerHeight / 2;

const drawAnew = async () => {
  if (reading) return;
  reading = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    const shown = parts(main);
    if ([...parts(fresh).keys()].join() !== [...shown.keys()].join()) {
      main.replaceChildren(...fresh.childNodes);
    } else {
      for (const [name, part] of parts(fresh)) {
        const before = shown.get(name);
        keepUnfolded(before, part);
        if (isRead(before)) {
          before.querySelector("[data-fresh]")?.removeAttribute("hidden");
          continue;
        }
        if (before.outerHTML !== part.outerHTML && !before.contains(document.activeElement)) before.replaceWith(part);
      }
    }
    pulse = fresh.dataset.pulse ?? pulse;
    if (!fresh.dataset.watch) stream?.close(); // What is over changes no more.
  } finally {
    reading = false;
  }
};

const hear = (message) => {
  if (JSON.parse(message.data).pulse !== pulse) drawAnew();
};

const watch = async () => {
  try {
    const answer = await fetch(`/live-stream/?channel=${encodeURIComponent(main.dataset.watch)}`);
    if (!answer.ok) return;
    stream = new EventSource((await answer.json()).url);
    stream.addEventListener("snapshot", hear);
    stream.addEventListener("state", hear);
    stream.addEventListener("gone", () => stream.close());
    // The browser comes back by itself, unless it was refused: then the token is too old.
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(watch, RETRY_MS);
    });
  } catch {
    setTimeout(watch, RETRY_MS);
  }
};

watch();
