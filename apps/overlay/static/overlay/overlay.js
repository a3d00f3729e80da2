// An overlay in OBS: draws what its stream says, keeps the last good picture when the stream breaks, comes back alone.
const root = document.getElementById("overlay");
// OBS's browser is older than most: no `?.`, no `??`, no `replaceChildren`.
const words = (name) => root.dataset[`word${name[0].toUpperCase()}${name.slice(1)}`] || name;
const TICK_MS = 8000;
const TEST_MS = 8000;
const POLL_MS = 3000;
const BACKOFF_MS = [2000, 4000, 8000, 15000, 30000];

let real = null; // The last good state.
let drawn = ""; // What is on the screen, as text.
let testing = 0; // The timer of a test that is shown.
let seen = "";
let failures = 0;
let tick = 0;
let stopped = false;
let isActive = true; // OBS shows the source.

root.style.setProperty("--accent", `#${root.dataset.accent}`);

const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined && text !== null) element.textContent = String(text);
  return element;
};

const avatar = (url) => {
  const image = make("img", "avatar");
  image.src = url;
  image.alt = "";
  return image;
};

const side = (one, place) => {
  const element = make("span", `side side--${place}${one.won ? " side--won" : ""}`);
  element.append(make("span", "side__name", one.name));
  if (one.tag) element.append(make("span", "side__tag", one.tag));
  return element;
};

const duel = (match) => {
  const row = make("div", "duel");
  const [a, b] = match.sides;
  const isPlayed = match.state !== "UPCOMING" && match.state !== "OPEN";
  const score = make("span", "duel__score", isPlayed ? `${a.score} : ${b.score}` : "–");
  row.append(side(a, "a"), score, side(b, "b"));
  return row;
};

const draw = {
  player(state) {
    const card = make("section", "panel player");
    if (state.user.avatar_url) card.append(avatar(state.user.avatar_url));
    const text = make("div", "player__text");
    text.append(make("h1", "name", state.user.display_name));
    const stats = make("dl", "stats");
    for (const [name, value] of Object.entries(state.stats)) {
      const pair = make("div", "stat");
      pair.append(make("dt", "", words(name)), make("dd", "", value));
      stats.append(pair);
    }
    if (stats.childElementCount) text.append(stats);
    card.append(text);
    return card;
  },
  match(state) {
    const card = make("section", "panel match");
    const about = [state.tournament, state.round, state.best_of && `${words("best_of")} ${state.best_of}`];
    const line = make("p", "about", about.filter(Boolean).join(" · "));
    if (state.state === "LIVE") line.prepend(make("span", "live", words("live")));
    card.append(line, duel(state));
    return card;
  },
  ticker(state) {
    const item = state.items[tick % state.items.length];
    const card = make("section", "panel ticker");
    if (item.user.avatar_url) card.append(avatar(item.user.avatar_url));
    const text = make("div", "player__text");
    const line = make("p", "ticker__line");
    line.append(make("strong", "", item.user.display_name), ` ${words("unlocked")} `);
    line.append(make("strong", `rarity rarity--${item.achievement.rarity || "common"}`, item.achievement.title));
    text.append(line);
    if (item.achievement.description) text.append(make("p", "about", item.achievement.description));
    card.append(text);
    return card;
  },
  tournament(state) {
    const card = make("section", "panel tournament");
    card.append(make("h1", "name", state.name));
    if (state.progress) {
      const { matches, decided } = state.progress;
      const bar = make("div", "bar");
      const fill = make("div", "bar__fill");
      fill.style.width = `${matches ? Math.round((100 * decided) / matches) : 0}%`;
      bar.append(fill);
      card.append(bar, make("p", "about", `${decided} / ${matches} ${words("matches")}`));
    }
    for (const match of state.live || []) {
      const row = duel(match);
      row.prepend(make("span", "live", words("live")));
      card.append(row);
    }
    for (const match of state.results || []) card.append(duel(match));
    if (state.places && state.places.length) {
      const places = make("ol", "places");
      for (const place of state.places) {
        const span = place.to && place.to !== place.from ? `${place.from}–${place.to}` : place.from;
        const row = make("li", "");
        row.append(make("span", "places__number", span), make("span", "", place.name));
        places.append(row);
      }
      card.append(places);
    }
    return card;
  },
};

const paint = (state, test) => {
  const text = JSON.stringify([state, test, state && state.layout === "ticker" ? tick : 0]);
  if (text === drawn) return;
  drawn = text;
  while (root.firstChild) root.firstChild.remove();
  if (!state || state.idle) return;
  if (test) {
    const line = make("p", "testing");
    line.append(make("span", "test", `${words("test")}: ${test}`));
    root.append(line);
  }
  root.append(draw[state.layout](state));
};

const show = () => {
  if (!testing) paint(real, "");
};

const showTest = (message) => {
  clearTimeout(testing);
  testing = setTimeout(() => {
    testing = 0;
    show();
  }, TEST_MS);
  paint(message.state, message.event.type);
};

const tell = (connection) => {
  document.documentElement.dataset.connection = connection;
  if (parent !== window) parent.postMessage({ deltacrown: "overlay", connection }, "*");
};

const gone = () => {
  stopped = true;
  real = null;
  clearTimeout(testing);
  testing = 0;
  show();
  tell("gone");
};

// What the page itself knows: at first, and wherever there is no stream.
const take = (page) => {
  if (page.state) real = page.state;
  show();
  if (page.test && page.seen !== seen) showTest(page.test);
  seen = page.seen;
};

const readAgain = async () => {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (answer.status === 404) return gone();
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return take(JSON.parse(page.getElementById("state").textContent));
};

const later = (work) => {
  if (stopped) return;
  const most = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)];
  failures += 1;
  setTimeout(work, most / 2 + (Math.random() * most) / 2);
};

const poll = async () => {
  try {
    await readAgain();
    failures = 0;
    tell("open");
    if (!stopped) setTimeout(poll, POLL_MS);
  } catch {
    tell("lost");
    later(poll);
  }
};

const watch = () => {
  const stream = new EventSource(root.dataset.stream);
  const hear = (message) => {
    failures = 0;
    real = JSON.parse(message.data);
    show();
    tell("open");
  };
  stream.addEventListener("open", () => tell("open"));
  stream.addEventListener("snapshot", hear);
  stream.addEventListener("state", hear);
  stream.addEventListener("reset", () => {
    // The server is not where it was: what follows is the whole picture, and no change of this one.
    drawn = "";
  });
  stream.addEventListener("test", (message) => showTest(JSON.parse(message.data)));
  stream.addEventListener("gone", () => {
    stream.close();
    gone();
  });
  stream.addEventListener("error", () => {
    tell("lost");
    if (stream.readyState !== EventSource.CLOSED) return; // It comes back by itself.
    later(async () => {
      try {
        await readAgain();
      } catch {
        // The site is away: the last good picture stays.
      }
      if (!stopped) watch();
    });
  });
};

addEventListener("obsSourceActiveChanged", (event) => {
  isActive = event.detail.active;
});
setInterval(() => {
  if (!isActive || !real || real.layout !== "ticker" || real.idle) return;
  tick += 1;
  show();
}, TICK_MS);

take(JSON.parse(document.getElementById("state").textContent));
tell("starting");
if (root.dataset.stream) watch();
else setTimeout(poll, POLL_MS);
