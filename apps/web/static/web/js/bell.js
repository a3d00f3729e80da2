// The bell in the header follows what its player is told. One tab listens for all of them: browsers give a site
// only a few connections. What the bell says, in which language, the site knows: it is read anew.
const RETRY_MS = 5000;
const tabs = new BroadcastChannel("bell");

const drawAnew = async () => {
  const bell = document.querySelector("[data-bell]");
  const answer = await fetch(bell.dataset.bell);
  if (answer.ok && !answer.redirected) bell.outerHTML = await answer.text();
};

tabs.addEventListener("message", drawAnew);

const follow = async () => {
  let pulse;
  const hear = (message) => {
    const fresh = JSON.parse(message.data).pulse;
    if (pulse !== undefined && fresh !== pulse) {
      drawAnew();
      tabs.postMessage(fresh);
    }
    pulse = fresh;
  };
  const watch = async () => {
    try {
      const channel = document.querySelector("[data-bell]").dataset.channel;
      const answer = await fetch(`/live-stream/?channel=${encodeURIComponent(channel)}`);
      if (!answer.ok) return;
      const stream = new EventSource((await answer.json()).url);
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
  await watch();
  await new Promise(() => {}); // Until the tab is closed: then another takes the lock.
};

if (navigator.locks) navigator.locks.request("bell", follow);
else follow();
